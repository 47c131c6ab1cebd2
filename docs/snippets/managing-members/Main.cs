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

string[] List(JsonElement array) => array.EnumerateArray().Select(item => item.GetString()!).Order().ToArray();

var ada = await TokenOf("ada");
var ben = await TokenOf("ben");
var chat = Text(await Call("POST", "/Chat", ada, new { name = "Deck", memberUserIds = new[] { "ben" } }), "id");
var members = $"/Chat/{chat}/members";

// Any member adds others, unless the chat is moderated. Who is there already stays as they are.
var added = await Call("POST", members, ada, new { userIds = new[] { "ben", "cleo" } });
Console.WriteLine($"added: {string.Join(' ', List(added.GetProperty("added")))}");

// Its owner gives roles.
var cleo = await Call("PATCH", $"{members}/cleo", ada, new { role = "moderator" });
Console.WriteLine($"cleo is a {Text(cleo, "role")}");

// The plain list is of ids; with ?expand=true it has roles, names and read positions.
var all = await Call("GET", members, ben);
Console.WriteLine($"members: {string.Join(' ', List(all.GetProperty("data")))}");

// Owner and moderators mute a member until a time. A time in the past ends it.
await Call("PATCH", $"{members}/ben", ada, new { mutedUntil = DateTimeOffset.UtcNow.AddHours(1) });
try
{
    await Call("POST", $"/Chat/{chat}/messages", ben, new { content = "Hm" });
}
catch (Exception refused)
{
    Console.WriteLine($"ben, muted, may not write: {refused.Message.Split(':')[0]}");
}

// To leave, remove yourself. From then on the chat is not there for you, and no event of it reaches you.
await Call("DELETE", $"{members}/ben", ben);
Console.WriteLine($"after ben left: {(await Call("GET", $"/Chat/{chat}", ada)).GetProperty("memberCount")} members");
