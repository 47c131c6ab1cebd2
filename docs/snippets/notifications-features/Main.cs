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

bool Has(JsonElement answer, string name) => answer.TryGetProperty(name, out _);

var ada = await TokenOf("ada");

// Now, and as important as it is.
var gate = await Call("POST", "/Notifications", body: new
{
    userId = "ada",
    type = "GateChange",
    subject = "Gate changed to B4",
    message = "Boarding at 18:20.",
    priority = "Urgent",
    metadata = new { flight = "LF 204" },
});
Console.WriteLine($"now: {Text(gate, "subject")} ({Text(gate, "priority")})");

// Later: until then it is in no inbox and causes no event. Until then it can be taken back, too.
var inAnHour = DateTimeOffset.UtcNow.AddHours(1);
var boarding = await Call("POST", "/Notifications", body: new
{
    userId = "ada", subject = "Boarding soon", message = "Gate B4.", scheduledFor = inAnHour,
});
Console.WriteLine($"later: {Text(boarding, "subject")} ({Text(boarding, "status")})");
await Call("DELETE", $"/Notifications/{Text(boarding, "id")}");

// Its owner sends it away for a while, or files it.
var snoozed = await Call("PUT", $"/Notifications/{Text(gate, "id")}/snooze", ada, new { until = inAnHour });
Console.WriteLine($"snoozed: {(Has(snoozed, "snoozedUntil") ? "true" : "false")}");
var archived = await Call("PUT", $"/Notifications/{Text(gate, "id")}/archive", ada);
Console.WriteLine($"archived: {(Has(archived, "archivedAt") ? "true" : "false")}");
