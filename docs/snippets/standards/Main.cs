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

// OpenAPI 3.1 of every operation.
var openapi = await http.GetFromJsonAsync<JsonElement>(new Uri(new Uri(api), "/openapi.json"));
Console.WriteLine($"OpenAPI {Text(openapi, "openapi")}");

// Idempotency-Key: the repeat gets the first answer, and says so.
var ada = await TokenOf("ada");
var once = Guid.NewGuid().ToString();
async Task<HttpResponseMessage> Create()
{
    using var request = new HttpRequestMessage(HttpMethod.Post, $"{api}/Chat") { Content = JsonContent.Create(new { name = "Once" }) };
    request.Headers.Authorization = new("Bearer", ada);
    request.Headers.Add("Idempotency-Key", once);
    return await http.SendAsync(request);
}
using var first = await Create();
using var repeat = await Create();
var chat = Text(await first.Content.ReadFromJsonAsync<JsonElement>(), "id");
Console.WriteLine($"replayed: {repeat.Headers.GetValues("Idempotent-Replayed").Single()}");

// RFC 9457: every refusal is a problem document with a stable code.
using var empty = new HttpRequestMessage(HttpMethod.Post, $"{api}/Chat/{chat}/messages") { Content = JsonContent.Create(new { }) };
empty.Headers.Authorization = new("Bearer", ada);
using var refused = await http.SendAsync(empty);
var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
var type = refused.Content.Headers.ContentType!.MediaType;
Console.WriteLine($"a problem: {problem.GetProperty("status")} {Text(problem, "code")}, {type}");

// Server-sent events (HTML Standard, 9.2), resumed by Last-Event-ID.
var cursor = Text(await Call("GET", "/events", ada), "nextCursor");
await Call("POST", $"/Chat/{chat}/messages", ada, new { content = "To whom it concerns" });
using var listening = new HttpRequestMessage(HttpMethod.Get, $"{api}/events");
listening.Headers.Authorization = new("Bearer", ada);
listening.Headers.Accept.ParseAdd("text/event-stream");
listening.Headers.Add("Last-Event-ID", cursor);
using var stream = await http.SendAsync(listening, HttpCompletionOption.ResponseHeadersRead);
using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync());
while (await lines.ReadLineAsync() is { } line)
{
    if (!line.StartsWith("data:")) continue;
    Console.WriteLine($"an event stream: {Text(JsonSerializer.Deserialize<JsonElement>(line[5..]), "type")}");
    break;
}
