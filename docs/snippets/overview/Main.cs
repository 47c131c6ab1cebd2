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

// People talk in chats.
var chat = Text(await Call("POST", "/Chat", ada, new { name = "Lunch", memberUserIds = new[] { "ben" } }), "id");
await Call("POST", $"/Chat/{chat}/messages", ada, new { content = "Hello, Ben" });
var messages = (await Call("GET", $"/Chat/{chat}/messages", ben)).GetProperty("data");
Console.WriteLine($"ben reads: {Text(messages[0], "content")}");

// Your application tells them things.
var notification = new { userId = "ben", subject = "Your table is ready", message = "Table 4, by the window." };
var id = Text(await Call("POST", "/Notifications", body: notification), "id");
Console.WriteLine($"ben is told: {Text(await Call("GET", $"/Notifications/{id}", ben), "subject")}");
