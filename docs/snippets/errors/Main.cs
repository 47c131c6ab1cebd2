using System.Net.Http.Json;
using System.Text.Json;

string Setting(string name, string otherwise = "") => Environment.GetEnvironmentVariable(name) ?? otherwise;
var api = $"{Setting("PARLEY_URL", "http://localhost:3000")}/tenant/{Setting("PARLEY_TENANT", "demo")}/v1";
using var http = new HttpClient();
http.DefaultRequestHeaders.Add("X-API-Key", Setting("PARLEY_API_KEY"));
http.DefaultRequestHeaders.Add("X-Act-As-User", "ada");

// A call that may be repeated: it carries a key of its own, and waits where the service asks to.
// What is left of refusals is for whoever calls to decide by `code`.
async Task<JsonElement> Post(string path, object body)
{
    var once = Guid.NewGuid().ToString();
    for (var attempt = 1; ; attempt++)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, api + path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", once);
        using var response = await http.SendAsync(request);
        if ((int)response.StatusCode is not (429 or 503) || attempt == 5)
            return await response.Content.ReadFromJsonAsync<JsonElement>();
        await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(attempt));
    }
}

string Text(JsonElement answer, string name) => answer.GetProperty(name).ToString();

var chat = Text(await Post("/Chat", new { name = "Errors" }), "id");

// 400 says which field, and why.
var invalid = await Post($"/Chat/{chat}/messages", new { content = "" });
var because = string.Join(' ', invalid.GetProperty("errors").EnumerateObject().Select(field => field.Name));
Console.WriteLine($"refused: {Text(invalid, "status")} {Text(invalid, "code")}, because of {because}");

// What you may not see and what is not there are answered alike.
var nowhere = await Post("/Chat/no-such-chat/messages", new { content = "Hello?" });
Console.WriteLine($"refused: {Text(nowhere, "status")} {Text(nowhere, "code")}");

// Each names its request, for whoever looks into the log, and its page.
bool Named(JsonElement problem) => problem.TryGetProperty("requestId", out _) && problem.TryGetProperty("type", out _);
Console.WriteLine($"both can be looked up: {(Named(invalid) && Named(nowhere) ? "true" : "false")}");
