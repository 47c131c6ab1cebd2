using System.Net.Http.Json;
using System.Text.Json;

string Setting(string name, string otherwise = "") => Environment.GetEnvironmentVariable(name) ?? otherwise;
var api = $"{Setting("PARLEY_URL", "http://localhost:3000")}/tenant/{Setting("PARLEY_TENANT", "demo")}/v1";
using var http = new HttpClient();
http.DefaultRequestHeaders.Add("X-API-Key", Setting("PARLEY_API_KEY"));

// A call by your back end, with its key. Throws what the service refused.
async Task<JsonElement> Call(string method, string path, object? body = null, string? idempotencyKey = null)
{
    using var request = new HttpRequestMessage(new HttpMethod(method), api + path);
    if (body is not null) request.Content = JsonContent.Create(body);
    if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);
    using var response = await http.SendAsync(request);
    var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
    if (!response.IsSuccessStatusCode) throw new Exception($"{Text(answer, "code")}: {Text(answer, "title")}");
    return answer;
}

string Text(JsonElement answer, string name) => answer.GetProperty(name).GetString()!;

// To one person. A repeat under the same Idempotency-Key within 24 hours gets the first answer.
var invoice = new
{
    userId = "ada",
    type = "Invoice",
    subject = "Your invoice is ready",
    message = "42.00 EUR, due on the first.",
    htmlContent = "<p><b>42.00 EUR</b>, due on the first.</p>",
    priority = "High",
    metadata = new { invoice = "2026-118" },
};
var once = Guid.NewGuid().ToString();
var made = await Call("POST", "/Notifications", invoice, once);
var again = await Call("POST", "/Notifications", invoice, once);
Console.WriteLine($"to ada: {Text(made, "subject")} ({Text(made, "priority")})");
Console.WriteLine($"made twice, there once: {(Text(made, "id") == Text(again, "id") ? "true" : "false")}");

// A send to many runs by itself; its progress can be read. It ends done, cancelled or failed.
async Task<string> UntilEnded(JsonElement batch)
{
    while (Text(batch, "status") is "scheduled" or "running")
    {
        await Task.Delay(100);
        batch = await Call("GET", $"/Notifications/batches/{Text(batch, "id")}");
    }
    return $"{Text(batch, "status")}, {batch.GetProperty("done")} of {batch.GetProperty("total")}";
}

// To many at once: a list of people, a topic, the members of a chat, or everyone.
var (subject, message) = ("New timetable", "From Monday on.");
var toTwo = await Call("POST", "/Notifications/bulk", new { subject, message, userIds = new[] { "ada", "ben" } });
Console.WriteLine($"to many: {await UntilEnded(toTwo)}");

// A topic is a list of subscribers that the service keeps for you.
await Call("PUT", "/admin/topics/timetable", new { name = "Timetable" });
await Call("POST", "/admin/topics/timetable/subscribers", new { userIds = new[] { "ada" } });
var toTopic = await Call("POST", "/Notifications/bulk", new { subject, message, topic = "timetable" });
Console.WriteLine($"to a topic: {await UntilEnded(toTopic)}");
