using System.Net.Http.Headers;
using System.Text.Json;
using static BatchWorker.Tests.Simulator.Anthropic.SimulatedAnthropic;

namespace BatchWorker.Tests.Simulator.Anthropic;

/// <summary>What fails one request when it runs, and leaves its batch alone.</summary>
internal sealed class ParamsTests
{
    private const string Strict = "2026-10-21";
    private SimulatedAnthropic _anthropic = null!;

    [OneTimeSetUp]
    public async Task Start() => _anthropic = await StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _anthropic.DisposeAsync();

    [TestCase("", "model: Field required")]
    [TestCase("\"model\":7", "model: Input should be a valid string")]
    [TestCase("\"model\":\"m\"", "max_tokens: Field required")]
    [TestCase("\"model\":\"m\",\"max_tokens\":0", "max_tokens: Input should be greater than or equal to 1")]
    [TestCase("\"model\":\"m\",\"max_tokens\":1.5", "max_tokens: Input should be a valid integer")]
    [TestCase("\"model\":\"m\",\"max_tokens\":1", "messages: Field required")]
    [TestCase("\"model\":\"m\",\"max_tokens\":1,\"messages\":\"hi\"", "messages: Input should be a valid list")]
    [TestCase("\"model\":\"m\",\"max_tokens\":1,\"messages\":[]", "messages: at least one message is required")]
    [TestCase("\"model\":\"m\",\"max_tokens\":1,\"messages\":[7]", "messages.0: Input should be a valid dictionary or object to extract fields from")]
    [TestCase("\"model\":\"m\",\"max_tokens\":1,\"messages\":[{\"role\":\"robot\",\"content\":\"\"}]", "messages.0.role: Input should be 'user' or 'assistant'")]
    [TestCase("\"model\":\"m\",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"\"},{\"role\":\"user\"}]", "messages.1.content: Field required")]
    [TestCase("\"model\":\"m\",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":7}]", "messages.0.content: Input should be a valid string or a valid list")]
    public async Task Wrong_params_fail_their_request_at_the_end(string members, string message) =>
        Assert.That(await RefusedAsync($"{{{members}}}"), Is.EqualTo(message));

    [Test]
    public async Task Only_the_newest_version_has_a_system_role()
    {
        const string Asked = """{"model":"m","max_tokens":1,"messages":[{"role":"system","content":"x"}]}""";
        Assert.That(await RefusedAsync(Asked), Does.StartWith("messages: Unexpected role \"system\"."));
        Assert.That(Outcome(await AskAsync(Asked, Strict)), Is.EqualTo("succeeded"));
    }

    [TestCase("\"stream\":true", "stream: ")]
    [TestCase("\"speed\":\"fast\"", "speed: ")]
    [TestCase("\"store\":true", "store: ")]
    [TestCase("\"previous_thread_event_id\":\"x\"", "previous_thread_event_id: ")]
    [TestCase("\"cache_hint\":{}", "cache_hint: ")]
    [TestCase("\"context_hint\":{}", "context_hint: ")]
    [TestCase("\"fallbacks\":[]", "fallbacks: ")]
    [TestCase("\"billing_policy\":{\"bill_to\":\"user_profile\"}", "billing_policy.bill_to: ")]
    public async Task What_batches_do_not_take_fails_its_request(string member, string message) =>
        Assert.That(await RefusedAsync(With(member)), Does.StartWith(message));

    [TestCase("\"stream\":false")]
    [TestCase("\"temperature\":0.5,\"top_p\":1,\"top_k\":3")]
    [TestCase("\"billing_policy\":{\"bill_to\":\"organization\"}")]
    public async Task What_batches_take_is_answered(string member) =>
        Assert.That(Outcome(await AskAsync(With(member))), Is.EqualTo("succeeded"));

    [TestCase("\"temperature\":0.5", "temperature: Extra inputs are not permitted")]
    [TestCase("\"top_p\":1", "top_p: Extra inputs are not permitted")]
    [TestCase("\"top_k\":3", "top_k: Extra inputs are not permitted")]
    public async Task The_newest_version_takes_no_sampling_parameters(string member, string message) =>
        Assert.That(Message(await AskAsync(With(member), Strict)), Is.EqualTo(message));

    [TestCase("assistant", "{\"type\":\"document\"}", "messages.0.content.0: Documents are not permitted in assistant messages")]
    [TestCase("user", "{\"type\":\"text\",\"text\":\"a\",\"citations\":[1]}", "messages.0.content.0.citations: Extra inputs are not permitted")]
    public async Task The_newest_version_takes_some_blocks_no_more(string role, string block, string message)
    {
        var @params = $$"""{"model":"m","max_tokens":1,"messages":[{"role":"{{role}}","content":[{{block}}]}]}""";
        Assert.That(Message(await AskAsync(@params, Strict)), Is.EqualTo(message));
        Assert.That(Outcome(await AskAsync(@params)), Is.EqualTo("succeeded"));
    }

    [Test]
    public async Task One_wrong_request_leaves_the_others_alone_and_costs_nothing()
    {
        var paid = _anthropic.Host.Ledger.Summary().PaidItems;
        var id = await _anthropic.SubmitAsync([.. Requests(4), """{"custom_id":"bad","params":{}}"""]);
        Assert.That(Counts(await _anthropic.EndedAsync(id)), Is.EqualTo(Counts(succeeded: 4, errored: 1)));
        Assert.That((await _anthropic.ResultsAsync(id)).Single(line => Type(line) == "errored").GetProperty("custom_id").GetString(), Is.EqualTo("bad"));
        Assert.That(_anthropic.Host.Ledger.Summary().PaidItems - paid, Is.EqualTo(4));
    }

    private static string With(string member) => $$"""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"hi"}],{{member}}}""";

    private async Task<string> RefusedAsync(string @params) => Message(await AskAsync(@params));

    private async Task<JsonElement> AskAsync(string @params, string version = UsualVersion)
    {
        Use(_anthropic.Http.DefaultRequestHeaders, version);
        return await _anthropic.AskAsync(@params);
    }

    private static void Use(HttpRequestHeaders headers, string version)
    {
        headers.Remove("anthropic-version");
        headers.Add("anthropic-version", version);
    }

    private static string Outcome(JsonElement result) => result.GetProperty("type").GetString()!;

    private static string Message(JsonElement result)
    {
        var error = result.GetProperty("error");
        Assert.That(Error(error).Type, Is.EqualTo("invalid_request_error"), result.ToString());
        return Error(error).Message;
    }
}
