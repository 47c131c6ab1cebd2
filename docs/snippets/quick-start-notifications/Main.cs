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

// Your back end tells a person something. Nobody has to be registered first.
var id = Text(await Call("POST", "/Notifications", body: new
{
    userId = "ada",
    type = "OrderShipped",
    subject = "Your order is on its way",
    message = "It arrives on Thursday.",
}), "id");

// Her page shows her inbox, newest first, and marks what she opens as read.
var ada = await TokenOf("ada");
var inbox = (await Call("GET", "/Notifications?pageSize=20", ada)).GetProperty("data");
var shown = inbox.EnumerateArray().First(notification => Text(notification, "id") == id);
Console.WriteLine($"ada is told: {Text(shown, "subject")}");
Console.WriteLine($"read before: {shown.GetProperty("isRead").GetRawText()}");
var opened = await Call("PUT", $"/Notifications/{id}/read", ada);
Console.WriteLine($"read after: {opened.GetProperty("isRead").GetRawText()}");
