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

// Where her log is now. Then your back end tells her something.
var cursor = Text(await Call("GET", "/events", ada), "nextCursor");
var parcel = new { userId = "ada", type = "Parcel", subject = "Parcel at the desk", message = "Until six." };
await Call("POST", "/Notifications", body: parcel);

// The next event; held open until there is one. Over SignalR the same comes by itself, as `type: "Message"`.
async Task<JsonElement> Next()
{
    var page = await Call("GET", $"/events?after={cursor}&wait=25&limit=1", ada);
    cursor = Text(page, "nextCursor");
    return page.GetProperty("data")[0];
}

var created = await Next();
Console.WriteLine($"{Text(created, "type")}: {Text(created.GetProperty("data"), "subject")}");

// What an event tells of can be fetched the moment it arrives.
var id = Text(created.GetProperty("data"), "id");
Console.WriteLine($"fetched by id: {Text(await Call("GET", $"/Notifications/{id}", ada), "subject")}");

// The inbox is a list, newest first, with filters.
var inbox = (await Call("GET", "/Notifications?unreadOnly=true&type=Parcel", ada)).GetProperty("data");
Console.WriteLine($"in the inbox, unread, of its type: {(Text(inbox[0], "id") == id ? "true" : "false")}");

// Her other windows hear that she has read it.
await Call("PUT", $"/Notifications/{id}/read", ada);
var updated = await Next();
Console.WriteLine($"{Text(updated, "type")}: read {updated.GetProperty("data").GetProperty("isRead").GetRawText()}");
