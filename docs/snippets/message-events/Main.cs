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
var made = await Call("POST", "/Chat", ada, new { name = "Weather", memberUserIds = new[] { "ben" } });
var messages = $"/Chat/{Text(made, "id")}/messages";

// Ben's program keeps the id of the last event it has handled. Then it is away.
var cursor = Text(await Call("GET", "/events", ben), "nextCursor");
await Call("POST", messages, ada, new { content = "Are you there?" });
await Call("POST", messages, ada, new { content = "It rains." });

// It comes back from there: first what it missed, then what happens, in order, without a gap or a repeat.
// Server-sent events; after a break go on with the header Last-Event-ID, the last `id:` you saw.
using var stream = new HttpRequestMessage(HttpMethod.Get, $"{api}/events?after={cursor}&kinds=message.created");
stream.Headers.Authorization = new("Bearer", ben);
stream.Headers.Accept.ParseAdd("text/event-stream");
using var response = await http.SendAsync(stream, HttpCompletionOption.ResponseHeadersRead);
using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
var kind = "";
while (await lines.ReadLineAsync() is { } line)
{
    if (line.StartsWith("event:")) kind = line[6..].Trim();
    if (!line.StartsWith("data:")) continue;
    // Too long away: load the list anew. Or not to come back, and why.
    if (kind is "resync" or "close") throw new Exception($"{kind}: {line[5..]}");
    var news = JsonSerializer.Deserialize<JsonElement>(line[5..]);
    if (!news.TryGetProperty("seq", out var number)) continue; // only says how far the stream is
    var seq = number.GetInt32();
    Console.WriteLine($"{(seq < 3 ? "missed" : "live")} {seq}: {Text(news.GetProperty("data"), "content")}");
    if (seq == 2) await Call("POST", messages, ada, new { content = "Now you are." });
    if (seq == 3) break;
}

// What was said before is a list: by pages, or by cursors (?limit=50&before=…), which stay put while messages arrive.
var page = (await Call("GET", $"{messages}?pageNumber=1&pageSize=10", ben)).GetProperty("data");
Console.WriteLine($"newest first: {string.Join(' ', page.EnumerateArray().Select(message => message.GetProperty("seq")))}");
