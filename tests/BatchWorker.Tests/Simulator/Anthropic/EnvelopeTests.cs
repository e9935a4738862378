using System.Text.Json;
using static BatchWorker.Tests.Simulator.Anthropic.SimulatedAnthropic;

namespace BatchWorker.Tests.Simulator.Anthropic;

/// <summary>What a create call refuses at once.</summary>
internal sealed class EnvelopeTests
{
    private const string Good = """{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"hi"}]}""";
    private SimulatedAnthropic _anthropic = null!;

    [OneTimeSetUp]
    public async Task Start() => _anthropic = await StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _anthropic.DisposeAsync();

    [TestCase("", "The request body is not valid JSON.")]
    [TestCase("{\"requests\":[", "The request body is not valid JSON.")]
    [TestCase("{\"requests\":[{\"custom_id\":\"\\ud800\",\"params\":{}}]}", "The request body is not valid JSON.")]
    [TestCase("[]", "Input should be a valid dictionary or object to extract fields from")]
    [TestCase("7", "Input should be a valid dictionary or object to extract fields from")]
    [TestCase("{}", "requests: Field required")]
    [TestCase("{\"requests\":{\"a\":[{}]}}", "requests: Input should be a valid list")]
    [TestCase("{\"requests\":null}", "requests: Input should be a valid list")]
    [TestCase("{\"requests\":[]}", "requests: List should have at least 1 item after validation, not 0")]
    [TestCase("{\"metadata\":{\"requests\":[1]},\"requests\":[7]}", "metadata: Extra inputs are not permitted")]
    [TestCase("{\"requests\":[7]}", "requests.0: Input should be a valid dictionary or object to extract fields from")]
    [TestCase("{\"requests\":[[{}]]}", "requests.0: Input should be a valid dictionary or object to extract fields from")]
    public async Task A_body_that_is_no_list_of_requests_is_refused(string body, string message)
    {
        var (status, answer) = await _anthropic.CreateAsync(body);
        Assert.That((status, Error(answer)), Is.EqualTo((400, ("invalid_request_error", message))));
    }

    [TestCase("""{"params":{}}""", ".custom_id: Field required")]
    [TestCase("""{"custom_id":7,"params":{}}""", ".custom_id: Input should be a valid string")]
    [TestCase("""{"custom_id":"","params":{}}""", ".custom_id: String should have at least 1 character")]
    [TestCase("""{"custom_id":"a b","params":{}}""", ".custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'")]
    [TestCase("""{"custom_id":"a\n","params":{}}""", ".custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'")]
    [TestCase("""{"custom_id":"bad"}""", ".params: Field required")]
    [TestCase("""{"custom_id":"bad","params":[]}""", ".params: Input should be a valid dictionary or object to extract fields from")]
    [TestCase("""{"custom_id":"bad","params":{},"method":"POST"}""", ".method: Extra inputs are not permitted")]
    [TestCase("""{"custom_id":"good","params":{}}""", ".custom_id: custom_id must be unique within a batch: 'good' is used more than once")]
    public async Task A_wrong_request_is_named_and_nothing_is_created(string request, string message)
    {
        var before = _anthropic.Host.Ledger.Batches.Count;
        var (status, answer) = await _anthropic.CreateAsync($$"""{"requests":[{"custom_id":"good","params":{{Good}}},{{request}}]}""");
        Assert.That((status, Error(answer).Message), Is.EqualTo((400, $"requests.1{message}")));
        Assert.That(_anthropic.Host.Ledger.Batches, Has.Count.EqualTo(before));
    }

    [TestCase(64, 200)]
    [TestCase(65, 400)]
    public async Task A_custom_id_has_up_to_64_characters(int length, int expected)
    {
        var (status, answer) = await _anthropic.CreateAsync(Body([Request(new string('a', length))]));
        Assert.That(status, Is.EqualTo(expected), answer.ToString());
        Assert.That(expected == 200 || Error(answer).Message == "requests.0.custom_id: String should have at most 64 characters");
    }

    [TestCase(3, 200)]
    [TestCase(4, 400)]
    public async Task A_batch_has_up_to_so_many_requests(int count, int expected)
    {
        await using var small = await StartAsync(settings => settings with { MaxRequests = 3 });
        var (status, answer) = await small.CreateAsync(Body(Requests(count)));
        Assert.That(status, Is.EqualTo(expected), answer.ToString());
        Assert.That(expected == 200 || Error(answer).Message == "requests: List should have at most 3 items after validation, not 4");
    }

    [Test]
    public async Task An_error_has_the_shape_of_the_documentation_and_the_id_of_the_call()
    {
        using var content = Json("{}");
        using var response = await _anthropic.Http.PostAsync("anthropic/v1/messages/batches", content);
        var body = await response.Content.ReadAsStringAsync();
        var id = response.Headers.GetValues("request-id").Single();
        Assert.That(id, Does.StartWith("req_01"));
        Assert.That(body, Is.EqualTo($$"""{"type":"error","error":{"type":"invalid_request_error","message":"requests: Field required","details":null},"request_id":"{{id}}"}"""));
    }

    [Test]
    public async Task Bytes_that_are_no_text_are_no_json()
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(JsonDocument.Parse(Body(Requests(1, "zz"))).RootElement);
        bytes[Array.LastIndexOf(bytes, (byte)'z')] = 0xFF;
        using var content = new ByteArrayContent(bytes);
        var (status, answer) = await _anthropic.SendAsync(HttpMethod.Post, "", content);
        Assert.That((status, Error(answer).Message), Is.EqualTo((400, "The request body is not valid JSON.")));
    }
}
