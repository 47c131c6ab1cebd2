using System.Net.Http.Json;
using System.Text.Json;

string Setting(string name, string otherwise = "") => Environment.GetEnvironmentVariable(name) ?? otherwise;
var api = $"{Setting("PARLEY_URL", "http://localhost:3000")}/tenant/{Setting("PARLEY_TENANT", "demo")}/v1";
using var http = new HttpClient();

// A call by a person, whose token is given, or by your back end, with the key. Throws what the service refused.
async Task<JsonElement> Call(string method, string path, string? token = null, object? body = null)
{
    using var request = new HttpRequestMessage(new HttpMethod(method), api + path);
    if (token is null) request.Headers.Add("X-API-Key", Setting("PARLEY_API_KEY"));
    else request.Headers.Authorization = new("Bearer", token);
    if (body is not null) request.Content = JsonContent.Create(body);
    using var response = await http.SendAsync(request);
    var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
    if (!response.IsSuccessStatusCode) throw new Exception($"{Text(answer, "code")}: {Text(answer, "title")}");
    return answer;
}

string Text(JsonElement answer, string name) => answer.GetProperty(name).GetString()!;

// What your back end does when somebody signs in to your app.
async Task<string> TokenOf(string userId) => Text(await Call("POST", "/tokens", body: new { userId }), "token");

string Say(bool what) => what ? "true" : "false";
string Flag(JsonElement answer, string name) => answer.GetProperty(name).GetRawText();

var ada = await TokenOf("ada");
var (subject, message) = ("Crossing delayed", "By ten minutes.");
var id = Text(await Call("POST", "/Notifications", body: new { userId = "ada", subject, message }), "id");

// Read and unread are one call, which may be repeated.
var read = await Call("PUT", $"/Notifications/{id}/read", ada);
var unread = await Call("PUT", $"/Notifications/{id}/read?read=false", ada);
Console.WriteLine($"read: {Flag(read, "isRead")}, unread again: {Flag(unread, "isRead")}");

// What is archived has left the inbox and is found with ?archived=true.
var archived = await Call("PUT", $"/Notifications/{id}/archive", ada);
Console.WriteLine($"archived: {Say(archived.TryGetProperty("archivedAt", out _))}");

// Everything at once.
await Call("PUT", "/Notifications/read-all", ada);
var counters = await Call("GET", "/counters", ada);
Console.WriteLine($"all read, left unread: {counters.GetProperty("inbox").GetProperty("unread")}");

// Until its time a scheduled one can be changed and taken back.
DateTimeOffset At(int days) => DateTimeOffset.UtcNow.AddDays(days);
var planned = await Call("POST", "/Notifications", body: new { userId = "ada", subject, message, scheduledFor = At(1) });
var address = $"/Notifications/{Text(planned, "id")}";
var moved = await Call("PATCH", address, body: new { scheduledFor = At(2) });
var (before, after) = (planned.GetProperty("scheduledFor"), moved.GetProperty("scheduledFor"));
Console.WriteLine($"moved: {Say(after.GetDateTimeOffset() > before.GetDateTimeOffset())}");
await Call("DELETE", address);
var cancelled = (await Call("GET", "/Notifications?status=cancelled&pageSize=50")).GetProperty("data");
var takenBack = cancelled.EnumerateArray().First(one => Text(one, "id") == Text(planned, "id"));
Console.WriteLine($"taken back: {Text(takenBack, "status")}");

// Deleting is for ever: what it said is gone from the log, too.
await Call("DELETE", $"/Notifications/{id}", ada);
try
{
    await Call("GET", $"/Notifications/{id}", ada);
}
catch (Exception gone)
{
    Console.WriteLine($"deleted, then asked for: {gone.Message.Split(':')[0]}");
}
