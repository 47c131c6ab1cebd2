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

var ada = await TokenOf("ada");
var ben = await TokenOf("ben");
var chat = Text(await Call("POST", "/Chat", ada, new { name = "Moved", memberUserIds = new[] { "ben" } }), "id");

await Call("POST", $"/Chat/{chat}/messages", ada, new { content = "Works as before" });
var page = await Call("GET", $"/Chat/{chat}/messages?pageNumber=1&pageSize=10", ben);
Console.WriteLine($"ben, by the guide: {Text(page.GetProperty("data")[0], "content")}");
var members = (await Call("GET", $"/Chat/{chat}/members", ben)).GetProperty("data");
Console.WriteLine($"members: {string.Join(' ', members.EnumerateArray().Select(member => member.GetString()).Order())}");
var (number, pages, total) = (page.GetProperty("pageNumber"), page.GetProperty("totalPages"), page.GetProperty("totalCount"));
Console.WriteLine($"page {number} of {pages}, {total} message in all");

var notification = new { userId = "ben", type = "SystemAnnouncement", subject = "Moved", message = "Nothing to do." };
var id = Text(await Call("POST", "/Notifications", body: notification), "id");
var read = await Call("PUT", $"/Notifications/{id}/read?read=true", ben);
Console.WriteLine($"read: {read.GetProperty("isRead").GetRawText()}");
