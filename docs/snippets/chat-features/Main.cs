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
var chat = Text(await Call("POST", "/Chat", ada, new { name = "Ferry", memberUserIds = new[] { "ben" } }), "id");
var messages = $"/Chat/{chat}/messages";

// A mention is for its member alone, who finds it in /counters.
var question = await Call("POST", messages, ada, new { content = "Ferry at nine?", mentionUserIds = new[] { "ben" } });
Console.WriteLine($"ada asks: {Text(question, "content")}");

// A reply names what it answers. An edit keeps what was said before.
var reply = new { content = "Yes, at ten.", replyToId = Text(question, "id") };
var answer = Text(await Call("POST", messages, ben, reply), "id");
var edited = await Call("PATCH", $"{messages}/{answer}", ben, new { content = "Yes, at nine. I have the tickets." });
Console.WriteLine($"ben answers it: {Text(edited, "content")}");
var edits = (await Call("GET", $"{messages}/{answer}/edits", ada)).GetProperty("data");
Console.WriteLine($"said before: {Text(edits[0], "content")}");

// What is deleted leaves its place and its number, and nothing of its text.
var slip = Text(await Call("POST", messages, ben, new { content = "Wrong window" }), "id");
var tombstone = await Call("DELETE", $"{messages}/{slip}", ben);
Console.WriteLine($"left of the slip: \"{Text(tombstone, "content")}\"");

// Reading is a position in the chat.
var read = await Call("PUT", $"/Chat/{chat}/read", ada, new { seq = tombstone.GetProperty("seq").GetInt32() });
Console.WriteLine($"unread for ada: {read.GetProperty("unreadCount")}");
