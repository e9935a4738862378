using System.Text;
using BatchWorker.Costs;
using BatchWorker.Lifecycle;

namespace BatchWorker.Tests.Costs;

/// <summary>What requests are expected to use and to cost, from what they say and from the past.</summary>
internal sealed class LaneEstimatesTests
{
    private static readonly Lane s_chat = new(Provider.OpenAi, "/v1/chat/completions", "gpt-4o", "creative_scoring");
    private static readonly Lane s_claude = new(Provider.Anthropic, "/v1/messages", "claude-haiku-4-5", "training_data_prep");

    /// <summary>gpt-4o in a batch: 1.25 and 5.00 USD per million tokens.</summary>
    [Test]
    public void Before_there_is_a_past_an_answer_has_500_tokens_or_as_many_as_it_may_have()
    {
        var lane = new LaneEstimates(s_chat, LaneHistory.None, new Prices().Book);
        var open = Estimate(lane, """{"messages":[{"role":"user","content":"hello world"}]}""");
        Assert.That((open.Input, open.IsExact, open.Output), Is.EqualTo((9m, true, new Spread(0, 500, 500))));
        Assert.That((open.Pico, open.Reserved), Is.EqualTo(((Spread?)new Spread(11_250_000, 2_511_250_000, 2_511_250_000), 2_511_250_000L)));
        var stated = Estimate(lane, """{"messages":[{"role":"user","content":"hello world"}],"max_tokens":20}""");
        Assert.That(stated.Output, Is.EqualTo(new Spread(0, 20, 20)));
    }

    [Test]
    public void With_a_past_answers_are_as_on_average_from_the_shortest_day_to_what_the_request_allows()
    {
        var history = LaneHistory.None.Add(10, 0, 1_000, 0).Add(10, 0, 400, 0);
        var lane = new LaneEstimates(s_chat, history, new Prices().Book);
        Assert.That(Estimate(lane, """{"messages":[]}""").Output, Is.EqualTo(new Spread(40, 70, 100)));
        Assert.That(Estimate(lane, """{"messages":[],"max_tokens":4000}""").Output, Is.EqualTo(new Spread(40, 70, 4_000)));
        Assert.That(Estimate(lane, """{"messages":[],"max_tokens":30}""").Output, Is.EqualTo(new Spread(30, 30, 30)));
    }

    [Test]
    public void Without_a_tokenizer_tokens_follow_from_bytes_as_in_the_past()
    {
        var request = """{"max_tokens":50,"messages":[]}""";
        var first = Estimate(new LaneEstimates(s_claude, LaneHistory.None, new Prices().Book), request);
        Assert.That((first.Input, first.IsExact), Is.EqualTo((Math.Ceiling(request.Length * 0.3m), false)));
        var known = Estimate(new LaneEstimates(s_claude, LaneHistory.None.Add(2, 200, 10, 1_000), new Prices().Book), request);
        Assert.That((known.Input, known.Output), Is.EqualTo((Math.Ceiling(request.Length * 0.2m), new Spread(5, 5, 50))));
    }

    [Test]
    public void Requests_beyond_those_that_are_read_are_like_them()
    {
        var lane = new LaneEstimates(s_chat, LaneHistory.None, new Prices().Book);
        var request = """{"messages":[{"role":"user","content":"hello world"}],"max_tokens":20}""";
        for (var i = 0; i < LaneEstimates.MostRead; i++)
        {
            Assert.That(lane.WantsRequest, Is.True);
            Estimate(lane, request);
        }
        Assert.That(lane.WantsRequest, Is.False);
        var other = lane.Estimate(2 * request.Length, null);
        Assert.That((other.Input, other.IsExact, other.Output), Is.EqualTo((18m, false, new Spread(0, 20, 20))));
    }

    [Test]
    public void An_unknown_price_is_none_and_reserves_nothing()
    {
        var lane = new LaneEstimates(s_chat with { Model = "acme-unpriced-model" }, LaneHistory.None, new Prices().Book);
        var estimate = Estimate(lane, """{"messages":[]}""");
        Assert.That((estimate.Pico, estimate.Reserved), Is.EqualTo(((Spread?)null, 0L)));
    }

    [Test]
    public void What_a_caller_may_write_stops_no_drain()
    {
        var lane = new LaneEstimates(s_chat, LaneHistory.None, new Prices().Book);
        var endless = Estimate(lane, """{"messages":[],"max_tokens":4294967295,"n":4294967295}""");
        Assert.That((endless.Output, endless.Reserved), Is.EqualTo((new Spread(0, 500, uint.MaxValue), 2_503_750_000L)));

        const string unreadable = """{"messages":[{"role":"user","content":"\ud800"}]}""";
        var guessed = Estimate(new LaneEstimates(s_chat, LaneHistory.None, new Prices().Book), unreadable);
        Assert.That((guessed.Input, guessed.IsExact), Is.EqualTo((Math.Ceiling(unreadable.Length * 0.3m), false)));
    }

    [Test]
    public void No_job_reserves_more_than_a_batch_of_them_can_add_up()
    {
        var dear = new RequestEstimate(1, false, default, new Spread(0, decimal.MaxValue, decimal.MaxValue));
        Assert.That(Enumerable.Repeat(dear.Reserved, 100_000).Sum(), Is.Positive);
    }

    [Test]
    public void Embeddings_are_answered_without_tokens()
    {
        var lane = new LaneEstimates(new Lane(Provider.OpenAi, "/v1/embeddings", "text-embedding-3-small", "embedding_generation"), LaneHistory.None, new Prices().Book);
        Assert.That(Estimate(lane, """{"input":"hello world"}""").Output, Is.EqualTo(default(Spread)));
    }

    private static RequestEstimate Estimate(LaneEstimates lane, string request) => lane.Estimate(request.Length, Encoding.UTF8.GetBytes(request));
}
