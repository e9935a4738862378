using System.Text.Json;
using BatchWorker.Costs;
using BatchWorker.Lifecycle;
using BatchWorker.Providers.Anthropic;
using BatchWorker.Providers.Gemini;
using BatchWorker.Providers.OpenAi;

namespace BatchWorker.Tests.Costs;

/// <summary>
/// One case for each rule by which a provider charges: a usage object as it comes, the rates as their source states them, and the amounts
/// worked out by hand from these two, in pico-USD (a dollar for a million tokens is a million pico-USD for one).
/// Prices of 2026-11-23. genai-prices: pydantic/genai-prices 0.1.8 of 2026-09-23, which names the vendors' pages; litellm: BerriAI/litellm's list of 2026-08-01.
/// </summary>
internal sealed class PricingRuleTests
{
    private static readonly DateOnly s_day = new(2026, 11, 23);
    private static readonly PriceBook s_book = new(PriceFile.ReadEmbedded());

    [Test]
    public void Input_and_output_have_their_rates_and_half_of_them_in_a_batch() =>
        // gpt-4o 2.50 and 10.00, batch 1.25 and 5.00 (litellm). 12 × 2.5 + 7 × 10 = 100; 12 × 1.25 + 7 × 5 = 50
        Check(OpenAi("gpt-4o", """{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19}"""), 100_000_000, 50_000_000);

    [Test]
    public void A_batch_rate_that_no_list_states_is_half() =>
        // gpt-5-nano 0.05 and 0.40 (litellm or genai-prices); half: developers.openai.com/api/docs/guides/batch. 4 × 0.05 + 1 × 0.4 = 0.6
        Check(OpenAi("gpt-5-nano", """{"input_tokens":4,"output_tokens":1}"""), 600_000, 300_000);

    [Test]
    public void Reasoning_is_billed_as_output_and_is_in_its_count_already() =>
        // gpt-5 1.25 and 10.00 (litellm or genai-prices); completion_tokens holds the reasoning: developers.openai.com/api/docs/guides/reasoning. 10 × 1.25 + 200 × 10 = 2012.5
        Check(OpenAi("gpt-5", """{"prompt_tokens":10,"completion_tokens":200,"completion_tokens_details":{"reasoning_tokens":150}}"""), 2_012_500_000, 1_006_250_000);

    [Test]
    public void OpenAIs_cached_input_is_part_of_the_input_and_half_of_its_rate_in_a_batch() =>
        // gpt-5 1.25, cached 0.125 (litellm or genai-prices); half: BerriAI/litellm#39861. 40 × 1.25 + 60 × 0.125 = 57.5
        Check(OpenAi("gpt-5", """{"input_tokens":100,"input_tokens_details":{"cached_tokens":60},"output_tokens":0}"""), 57_500_000, 28_750_000);

    [Test]
    public void OpenAIs_pro_models_have_no_cheaper_cached_input_in_a_batch() =>
        // gpt-5.5-pro 30, cached 3, batch 15 for both (BerriAI/litellm#39861). 40 × 30 + 60 × 3 = 1380; 100 × 15 = 1500
        Check(OpenAi("gpt-5.5-pro", """{"input_tokens":100,"input_tokens_details":{"cached_tokens":60},"output_tokens":0}"""), 1_380_000_000, 1_500_000_000);

    [Test]
    public void Newer_models_of_OpenAI_charge_more_for_what_is_written_into_the_cache() =>
        // gpt-6-sol 2.00, cached 0.20, written 2.50 (genai-prices, from developers.openai.com/api/docs/models/gpt-6-sol). 20 × 2 + 30 × 0.2 + 50 × 2.5 = 171
        Check(OpenAi("gpt-6-sol", """{"prompt_tokens":100,"prompt_tokens_details":{"cached_tokens":30,"cache_write_tokens":50},"completion_tokens":0}"""), 171_000_000, 85_500_000);

    [TestCase(272_000u, 1_360_000_000_000L + 30_000_000, TestName = "Up_to_272000_tokens_a_prompt_to_GPT_5_5_has_the_standard_rates")]
    [TestCase(272_001u, 2_720_010_000_000L + 45_000_000, TestName = "Above_272000_tokens_input_costs_twice_and_output_one_and_a_half_times_for_all_of_the_request")]
    public void Long_prompts_to_OpenAI(uint input, long realtime) =>
        // gpt-5.5 5 and 30, then 10 and 45 (genai-prices, from developers.openai.com/api/docs/models/gpt-5.5). 272000 × 5 + 30; 272001 × 10 + 45
        Check(OpenAi("gpt-5.5", $$"""{"input_tokens":{{input}},"output_tokens":1}"""), realtime, realtime / 2);

    [TestCase(272_000u, 544_000_000_000L, TestName = "Up_to_272000_tokens_a_prompt_to_GPT_6_Sol_has_the_standard_rate")]
    [TestCase(272_001u, 1_088_004_000_000L, TestName = "Above_272000_tokens_it_costs_twice")]
    public void Long_prompts_to_GPT_6(uint input, long realtime) =>
        // gpt-6-sol 2, then 4: "more than 272K" (genai-prices, from developers.openai.com/api/docs/models/gpt-6-sol). 272000 × 2; 272001 × 4
        Check(OpenAi("gpt-6-sol", $$"""{"input_tokens":{{input}},"output_tokens":0}"""), realtime, realtime / 2);

    [Test]
    public void An_embedding_has_only_input() =>
        // text-embedding-3-small 0.02, batch 0.01 (litellm). 300 × 0.02 = 6
        Check(OpenAi("text-embedding-3-small", """{"prompt_tokens":300,"total_tokens":300}"""), 6_000_000, 3_000_000);

    [Test]
    public void Anthropics_cache_has_three_rates_beside_the_input_and_a_batch_halves_all_of_them() =>
        // claude-sonnet-4-5 3 and 15, read 0.30, written for 5 minutes 3.75 = 1.25 ×, for an hour 6 = 2 × (genai-prices, from
        // platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing; stacking with batches: .../build-with-claude/batch-processing).
        // 300 × 3 + 100 × 0.3 + 400 × 3.75 + 200 × 6 + 10 × 15 = 3780
        Check(
            Anthropic("claude-sonnet-4-5", """{"input_tokens":300,"output_tokens":10,"cache_read_input_tokens":100,"cache_creation_input_tokens":600,"cache_creation":{"ephemeral_5m_input_tokens":400,"ephemeral_1h_input_tokens":200}}"""),
            3_780_000_000, 1_890_000_000);

    [Test]
    public void A_cached_rate_of_its_own_is_not_a_tenth() =>
        // claude-opus-5-5 4, cached 0.20: a twentieth (genai-prices, from platform.claude.com/docs/en/about-claude/pricing#model-pricing). 10 × 4 + 90 × 0.2 = 58
        Check(Anthropic("claude-opus-5-5", """{"input_tokens":10,"cache_read_input_tokens":90,"output_tokens":0}"""), 58_000_000, 29_000_000);

    [TestCase(60_000u, 40_000u, 6_400_000_000L, TestName = "Up_to_100000_tokens_cached_ones_included_a_prompt_to_Haiku_5_5_has_the_lower_rates")]
    [TestCase(60_001u, 40_000u, 32_000_500_000L, TestName = "Above_100000_tokens_cached_ones_included_it_has_the_higher_ones")]
    public void Long_prompts_to_Anthropic(uint plain, uint cached, long realtime) =>
        // claude-haiku-5-5 0.10, cached 0.01; over 100k 0.50, cached 0.05 (Anthropic's model pages, October 2026). 60000 × 0.1 + 40000 × 0.01 = 6400; 60001 × 0.5 + 40000 × 0.05 = 32000.5
        Check(Anthropic("claude-haiku-5-5", $$"""{"input_tokens":{{plain}},"cache_read_input_tokens":{{cached}},"output_tokens":0}"""), realtime, realtime / 2);

    [Test]
    public void Thoughts_of_Gemini_are_billed_as_output_beside_the_answer() =>
        // gemini-2.5-flash 0.30 and 2.50 "including thinking tokens" (ai.google.dev/gemini-api/docs/pricing, by genai-prices); counts of a real capture in
        // google-gemini/cookbook, Batch_mode.ipynb. 8 × 0.3 + (11 + 829) × 2.5 = 2102.4
        Check(Gemini("gemini-2.5-flash", """{"promptTokenCount":8,"candidatesTokenCount":11,"thoughtsTokenCount":829,"totalTokenCount":848}"""), 2_102_400_000, 1_051_200_000);

    [Test]
    public void Geminis_cached_input_costs_in_a_batch_what_it_costs_outside() =>
        // gemini-2.5-pro 1.25, cached 0.125 (genai-prices); standard cache rates on hits in a batch: ai.google.dev/gemini-api/docs/batch-api.
        // 40 × 1.25 + 60 × 0.125 = 57.5; 40 × 0.625 + 60 × 0.125 = 32.5
        Check(Gemini("gemini-2.5-pro", """{"promptTokenCount":100,"cachedContentTokenCount":60}"""), 57_500_000, 32_500_000);

    [TestCase(200_000u, 250_000_000_000L + 10_000_000, TestName = "Up_to_200000_tokens_a_prompt_to_Gemini_2_5_Pro_has_the_lower_rates")]
    [TestCase(200_001u, 500_002_500_000L + 15_000_000, TestName = "Above_200000_tokens_it_has_the_higher_ones")]
    public void Long_prompts_to_Gemini(uint input, long realtime) =>
        // gemini-2.5-pro 1.25 and 10, over 200k 2.50 and 15 (genai-prices, from ai.google.dev/gemini-api/docs/pricing#gemini-2.5-pro). 200000 × 1.25 + 10; 200001 × 2.5 + 15
        Check(Gemini("gemini-2.5-pro", $$"""{"promptTokenCount":{{input}},"candidatesTokenCount":1}"""), realtime, realtime / 2);

    [Test]
    public void An_embedding_of_Gemini_has_only_the_count_of_its_input() =>
        // gemini-embedding-001 0.15 (litellm or genai-prices). 20 × 0.15 = 3
        Check((Provider.Gemini, "gemini-embedding-001", GeminiUsage.OfEmbedding(JsonDocument.Parse("\"20\"").RootElement)), 3_000_000, 1_500_000);

    [TestCase("2026-07-29", 1_000_000_000L)]
    [TestCase("2026-07-30", 200_000_000L)]
    public void A_price_holds_from_its_day_on(string day, long realtime) =>
        // gpt-5.6-luna fell from 1 to 0.2 on 2026-07-30 (OpenAI's changelog, by genai-prices). 1000 × 1; 1000 × 0.2
        Check(OpenAi("gpt-5.6-luna", """{"input_tokens":1000,"output_tokens":0}"""), realtime, realtime / 2, day);

    [TestCase("2026-12-31", 750_000L)]
    [TestCase("2027-01-01", 1_500_000L)]
    public void An_introductory_price_ends_on_its_day(string day, long realtime) =>
        // gemini-3.8-flash 0.75 through 2026-12-31, then 1.50 (genai-prices, from ai.google.dev/gemini-api/docs/pricing)
        Check(Gemini("gemini-3.8-flash", """{"promptTokenCount":1}"""), realtime, realtime / 2, day);

    [Test]
    public void A_snapshot_is_priced_as_the_longest_listed_name_that_it_begins_with() =>
        Assert.That(
            new[] { "gpt-4o-2024-05-13", "gpt-4o-2031-01-01", "gpt-4o-mini-2031-01-01", "gpt-4o-mini-tts" }.Select(model => s_book.RowOf(Provider.OpenAi, model)?.Model),
            Is.EqualTo(new[] { "gpt-4o-2024-05-13", "gpt-4o", "gpt-4o-mini", null }));

    private static (Provider, string, Usage) OpenAi(string model, string usage) => (Provider.OpenAi, model, OpenAiUsage.Of(JsonDocument.Parse(usage).RootElement));

    private static (Provider, string, Usage) Anthropic(string model, string usage) => (Provider.Anthropic, model, AnthropicUsage.Of(JsonDocument.Parse(usage).RootElement));

    private static (Provider, string, Usage) Gemini(string model, string usage) => (Provider.Gemini, model, GeminiUsage.Of(JsonDocument.Parse(usage).RootElement));

    private static void Check((Provider Provider, string Model, Usage Usage) request, long realtime, long batch, string? day = null) => Assert.That(
        s_book.CostOf(request.Provider, request.Model, request.Usage, day is null ? s_day : DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture)),
        Is.EqualTo(new JobCost(realtime, batch)));
}
