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
var made = await Call("POST", "/Chat", ada, new { name = "First try", memberUserIds = new[] { "ben" } });
var chat = Text(made, "id");

// Where Ben's log is now: what comes after it is news to him.
var cursor = Text(await Call("GET", "/events", ben), "nextCursor");

// Held open until something comes; the next call goes on from nextCursor.
var listening = Call("GET", $"/events?after={cursor}&wait=25&kinds=message.created", ben);

// Ada's page sends.
await Call("POST", $"/Chat/{chat}/messages", ada, new { content = "Hello, Ben" });
var news = (await listening).GetProperty("data");
Console.WriteLine($"ben hears: {Text(news[0].GetProperty("data"), "content")}");
