using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

string Setting(string name, string otherwise = "") => Environment.GetEnvironmentVariable(name) ?? otherwise;
var url = Setting("PARLEY_URL", "http://localhost:3000");
var tenant = Setting("PARLEY_TENANT", "demo");
using var http = new HttpClient();

// Your tenant as a Pusher app. A server SDK takes appId, key and secret; this is what it does with them.
using var ask = new HttpRequestMessage(HttpMethod.Get, $"{url}/tenant/{tenant}/v1/admin/pusher");
ask.Headers.Add("X-API-Key", Setting("PARLEY_API_KEY"));
using var answer = await http.SendAsync(ask);
var app = await answer.Content.ReadFromJsonAsync<JsonElement>();
string Of(string name) => app.GetProperty(name).ToString();

// Triggers an event by Pusher's HTTP API: the query is signed, and holds a hash of the body.
async Task<int> Trigger(object happening, string secret)
{
    var path = $"/apps/{Of("appId")}/events";
    var body = JsonSerializer.Serialize(happening);
    var hash = Convert.ToHexString(MD5.HashData(Encoding.UTF8.GetBytes(body))).ToLowerInvariant();
    var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    var query = $"auth_key={Of("key")}&auth_timestamp={now}&auth_version=1.0&body_md5={hash}";
    var signed = Encoding.UTF8.GetBytes($"POST\n{path}\n{query}");
    var signature = Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed)).ToLowerInvariant();
    using var content = new StringContent(body, Encoding.UTF8, "application/json");
    using var response = await http.PostAsync($"{url}{path}?{query}&auth_signature={signature}", content);
    return (int)response.StatusCode;
}

var order = new { name = "order-ready", channels = new[] { "orders" }, data = JsonSerializer.Serialize(new { table = 4 }) };
Console.WriteLine($"triggered: {await Trigger(order, Of("secret"))}");
Console.WriteLine($"a wrong signature: {await Trigger(order, "guessed")}");
