using System.Net.Http.Json;
using System.Text.Json;

string Setting(string name, string otherwise = "") => Environment.GetEnvironmentVariable(name) ?? otherwise;
var api = $"{Setting("PARLEY_URL", "http://localhost:3000")}/tenant/{Setting("PARLEY_TENANT", "demo")}/v1";
var key = ("X-API-Key", Setting("PARLEY_API_KEY"));
using var http = new HttpClient();

// Posts with these credentials: the answer, and what came of it.
async Task<(JsonElement Answer, string Outcome)> Post(string path, object body, params (string Name, string Value)[] credentials)
{
    using var request = new HttpRequestMessage(HttpMethod.Post, api + path) { Content = JsonContent.Create(body) };
    foreach (var (name, value) in credentials) request.Headers.TryAddWithoutValidation(name, value);
    using var response = await http.SendAsync(request);
    var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
    var status = (int)response.StatusCode;
    return (answer, response.IsSuccessStatusCode ? $"{status}" : $"{status} {answer.GetProperty("code")}");
}

// Your back end vouches for a person who is signed in to your app. The token goes to the browser; the key never does.
var made = await Post("/tokens", new { userId = "ada", expiresInSeconds = 3600 }, key);
var token = made.Answer.GetProperty("token").GetString()!;
var ada = ("Authorization", $"Bearer {token}");
var chat = new { name = "Who is who", memberUserIds = new[] { "ben" } };
Console.WriteLine($"ada, with her token: {(await Post("/Chat", chat, ada)).Outcome}");

// A key carries no user. Where a call is a user's, it names one.
Console.WriteLine($"the key alone, for a user's call: {(await Post("/Chat", chat, key)).Outcome}");
Console.WriteLine($"the key, acting as ada: {(await Post("/Chat", chat, key, ("X-Act-As-User", "ada"))).Outcome}");

// What only your back end does: telling people things.
var notification = new { userId = "ben", subject = "Hello", message = "From ada?" };
Console.WriteLine($"ada, telling others things: {(await Post("/Notifications", notification, ada)).Outcome}");

// What is not signed by somebody you trust is nobody.
var forged = ("Authorization", $"Bearer {token[..^6]}forged");
Console.WriteLine($"a forged token: {(await Post("/Chat", chat, forged)).Outcome}");
Console.WriteLine($"a key of elsewhere: {(await Post("/tokens", new { }, ("X-API-Key", "not-one-of-yours"))).Outcome}");
