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

// Whoever makes a chat is in it, and owns it.
var crew = await Call("POST", "/Chat", ada, new { name = "Crew", memberUserIds = new[] { "ben", "cleo" } });
Console.WriteLine($"the crew has {crew.GetProperty("memberCount")} members");
var messages = $"/Chat/{Text(crew, "id")}/messages";

// Two people have one direct chat: asking again gets the same one.
var direct = new { kind = "direct", memberUserIds = new[] { "ben" } };
var first = Text(await Call("POST", "/Chat", ada, direct), "id");
var again = Text(await Call("POST", "/Chat", ada, direct), "id");
Console.WriteLine($"one direct chat of two: {(first == again ? "true" : "false")}");

// The answer got lost? Send it again under the same clientMessageId and get the first answer.
var clientMessageId = Guid.NewGuid();
var sent = Text(await Call("POST", messages, ada, new { content = "All aboard", clientMessageId }), "id");
var repeated = Text(await Call("POST", messages, ada, new { content = "All aboard", clientMessageId }), "id");
Console.WriteLine($"sent twice, stored once: {(sent == repeated ? "true" : "false")}");

try
{
    await Call("POST", messages, ada, new { content = "All ashore", clientMessageId });
}
catch (Exception refused)
{
    Console.WriteLine($"other words under the same id: {refused.Message.Split(':')[0]}");
}
