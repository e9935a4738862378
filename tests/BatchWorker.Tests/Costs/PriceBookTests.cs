using BatchWorker.Costs;
using BatchWorker.Lifecycle;

namespace BatchWorker.Tests.Costs;

internal sealed class PriceBookTests
{
    private const Provider OpenAi = BatchWorker.Lifecycle.Provider.OpenAi;
    private const Provider Anthropic = BatchWorker.Lifecycle.Provider.Anthropic;
    private const Provider Gemini = BatchWorker.Lifecycle.Provider.Gemini;
    private static readonly PriceBook s_book = new(PriceFile.ReadEmbedded());

    /// <summary>Expected amounts are worked out by hand from the list: tokens times USD per million, in pico-USD.</summary>
    [TestCase(OpenAi, "gpt-4o", 1u, 0u, 2_500_000, 1_250_000, TestName = "One_token_of_input_is_priced_to_the_last_digit")]
    [TestCase(OpenAi, "gpt-4o", 12u, 7u, 100_000_000, 50_000_000, TestName = "Input_and_output_are_added")]
    [TestCase(OpenAi, "gpt-4o-2024-05-13", 1u, 1u, 20_000_000, 10_000_000, TestName = "A_snapshot_of_its_own_price_is_found_first")]
    [TestCase(OpenAi, "ft:babbage-002", 1u, 1u, 3_200_000, 400_000, TestName = "A_stated_batch_rate_that_is_not_half_is_taken_as_stated")]
    [TestCase(OpenAi, "gpt-5-nano", 1u, 1u, 450_000, 225_000, TestName = "A_batch_rate_that_is_not_stated_is_half")]
    [TestCase(OpenAi, "text-embedding-3-small", 3u, 0u, 60_000, 30_000, TestName = "An_embedding_has_no_output_to_pay_for")]
    [TestCase(Anthropic, "claude-haiku-4-5", 100u, 10u, 150_000_000, 75_000_000, TestName = "Anthropic's_batch_is_half")]
    [TestCase(Gemini, "gemini-2.5-flash-lite", 3u, 1u, 700_000, 350_000, TestName = "Gemini's_batch_is_half")]
    [TestCase(Gemini, "models/gemini-2.5-flash-lite", 3u, 1u, 700_000, 350_000, TestName = "Gemini's_models_are_found_with_their_collection")]
    public void Requests(Provider provider, string model, uint input, uint output, long realtime, long batch) =>
        Assert.That(s_book.CostOf(provider, model, new Usage(input, output, 0)), Is.EqualTo(new JobCost(realtime, batch)));

    [TestCase(OpenAi, "gpt-5", 100u, 60u, 57_500_000, 28_750_000, TestName = "OpenAI's_cached_input_has_its_own_rate_and_half_of_it_in_a_batch")]
    [TestCase(OpenAi, "gpt-5.5-pro", 100u, 60u, 1_380_000_000, 1_500_000_000, TestName = "OpenAI's_pro_models_have_no_cached_rate_in_a_batch")]
    [TestCase(OpenAi, "gpt-5.2-pro", 100u, 60u, 2_100_000_000, 1_050_000_000, TestName = "Cached_input_without_a_rate_costs_what_input_costs")]
    [TestCase(Anthropic, "claude-sonnet-4-5", 100u, 60u, 138_000_000, 69_000_000, TestName = "Anthropic's_discounts_stack")]
    [TestCase(Gemini, "gemini-2.5-pro", 100u, 60u, 57_500_000, 32_500_000, TestName = "Gemini's_cached_input_costs_the_same_in_a_batch")]
    public void Cached_input(Provider provider, string model, uint input, uint cached, long realtime, long batch) =>
        Assert.That(s_book.CostOf(provider, model, new Usage(input, 0, cached)), Is.EqualTo(new JobCost(realtime, batch)));

    [Test]
    public void Anthropic_charges_more_for_what_is_written_into_the_cache_and_most_for_an_hour()
    {
        var usage = new Usage(1_000, 0, 100, 600, 200);
        // claude-sonnet-4-5: 300 plain at 3.00, 100 read at 0.30, 400 for five minutes at 3.75, 200 for an hour at 6.00
        Assert.That(s_book.CostOf(Anthropic, "claude-sonnet-4-5", usage), Is.EqualTo(new JobCost(3_630_000_000, 1_815_000_000)));
    }

    [Test]
    public void Elsewhere_what_is_written_into_the_cache_costs_what_input_costs() =>
        Assert.That(s_book.CostOf(OpenAi, "gpt-4o", new Usage(10, 0, 0, 10, 10)), Is.EqualTo(s_book.CostOf(OpenAi, "gpt-4o", new Usage(10, 0, 0))));

    [TestCase(100_000u, 10_000_000_000, TestName = "A_prompt_up_to_the_limit_has_the_lower_rate")]
    [TestCase(100_001u, 50_000_500_000, TestName = "A_longer_prompt_has_the_higher_rate_for_all_of_its_tokens")]
    public void Long_prompts(uint input, long realtime) =>
        Assert.That(s_book.CostOf(Anthropic, "claude-haiku-5-5", new Usage(input, 0, 0)), Is.EqualTo(new JobCost(realtime, realtime / 2)));

    [TestCase(OpenAi, "gpt-4o-2025-01-01", "gpt-4o")]
    [TestCase(OpenAi, "gpt-4-turbo-2029-12-31", "gpt-4-turbo")]
    [TestCase(OpenAi, "gpt-4o-mini-latest", "gpt-4o-mini")]
    [TestCase(OpenAi, "ft:gpt-4o-2024-08-06:acme::AbC-123", "ft:gpt-4o-2024-08-06")]
    [TestCase(OpenAi, "ft:gpt-3.5-turbo-0301:acme", "ft:gpt-3.5-turbo")]
    [TestCase(Anthropic, "claude-opus-4-8-20260901", "claude-opus-4-8")]
    [TestCase(Anthropic, "claude-haiku-4-5-latest", "claude-haiku-4-5")]
    [TestCase(Gemini, "gemini-2.5-pro-preview-06-05", "gemini-2.5-pro")]
    [TestCase(Gemini, "gemini-2.5-flash-lite-preview-01-2026", "gemini-2.5-flash-lite")]
    [TestCase(Gemini, "gemini-2.5-pro-001", "gemini-2.5-pro")]
    public void A_snapshot_has_the_price_of_its_model(Provider provider, string snapshot, string model)
    {
        var usage = new Usage(1_000, 0, 100);
        Assert.That(s_book.CostOf(provider, snapshot, usage), Is.Not.Null.And.EqualTo(s_book.CostOf(provider, model, usage)));
    }

    [TestCase(OpenAi, "acme-unpriced-model")]
    [TestCase(OpenAi, "gpt-4omni")]
    [TestCase(OpenAi, "gpt-4o-mini-tts")]
    [TestCase(OpenAi, "gpt-4-1106-vision-preview")]
    [TestCase(OpenAi, "GPT-4O")]
    [TestCase(OpenAi, "claude-opus-4-8")]
    [TestCase(OpenAi, "")]
    [TestCase(OpenAi, "-")]
    [TestCase(Anthropic, "claude-opus-5-6")]
    [TestCase(Anthropic, "claude-sonnet-4")]
    [TestCase(Gemini, "gemini-2.5-flash-image")]
    [TestCase(Gemini, "models/")]
    public void Another_model_has_no_price(Provider provider, string model) =>
        Assert.That(s_book.CostOf(provider, model, new Usage(1, 1, 0)), Is.Null);

    [Test]
    public void An_output_rate_that_no_source_states_is_not_free()
    {
        Assert.That(s_book.CostOf(Gemini, "gemini-embedding-001", new Usage(1, 1, 0)), Is.Null);
        Assert.That(s_book.CostOf(Gemini, "gemini-embedding-001", new Usage(1, 0, 0)), Is.Not.Null);
    }

    [Test]
    public void A_rate_of_zero_that_a_source_states_is_a_price() =>
        Assert.That(s_book.CostOf(Gemini, "gemma-3-27b-it", new Usage(1, 1, 0)), Is.EqualTo(new JobCost(0, 0)));

    [Test]
    public void An_answer_without_token_counts_has_no_price() => Assert.That(s_book.CostOf(OpenAi, "gpt-4o", default), Is.Null);

    [Test]
    public void Counts_that_contradict_one_another_charge_no_token_twice() =>
        Assert.That(s_book.CostOf(Anthropic, "claude-sonnet-4-5", new Usage(10, 0, 4, 900, 5_000)), Is.EqualTo(s_book.CostOf(Anthropic, "claude-sonnet-4-5", new Usage(10, 0, 4, 6, 6))));

    [Test]
    public void The_largest_counts_are_priced_without_overflow() =>
        Assert.That(s_book.CostOf(OpenAi, "o1-pro", new Usage(uint.MaxValue, uint.MaxValue, 0)), Is.EqualTo(new JobCost(uint.MaxValue * 750_000_000L, uint.MaxValue * 375_000_000L)));
}
