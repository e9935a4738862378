using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using CsCheck;
using static BatchWorker.Tests.Fixtures.LedgerSteps;

namespace BatchWorker.Tests.Queue;

/// <summary>
/// Batches of two lanes settle in random parts and order, over days, with repeats and with stores that are cut off inside the settlement;
/// whatever happened, jobs, batches and days add up to the same, to the last digit, and to what an independent count says.
/// </summary>
internal sealed class MoneyPropertyTests(StoreKind kind) : RedisFixture(kind)
{
    private const int Walks = 40;
    private const int JobsPerBatch = 8;
    private const int Batches = 4;

    /// <summary>Held back of the budgets for each job.</summary>
    private const long Reserve = 1_000;

    private static readonly Gen<Answer> s_answer = Gen.Frequency(
        (6, Gen.Select(Gen.Long[0, OutcomeRecord.MostPico], Gen.UInt[0, 1_000_000]).Select((pico, tokens) => new Answer(Outcome.Succeeded, pico, tokens))),
        (1, Gen.UInt[0, 1_000].Select(tokens => new Answer(Outcome.Succeeded, null, tokens))),
        (1, Gen.Const(new Answer(Outcome.Failed, null, 0))),
        (1, Gen.Const(new Answer(Outcome.Expired, null, 0))));

    private static readonly Gen<Turn> s_turn = Gen.Select(Gen.Int[0, Batches - 1], Gen.Int[1, JobsPerBatch], Gen.Int[-1, 40], Gen.Int[0, 30], Gen.Bool)
        .Select((batch, most, cut, hours, repeat) => new Turn(batch, most, cut, hours, repeat));

    private static int s_settlements;

    [Test]
    public async Task Jobs_batches_and_days_add_up_to_the_same()
    {
        s_settlements = 0;
        await Gen.Select(s_answer.Array[Batches * JobsPerBatch], s_turn.Array[1, 30]).SampleAsync(WalkAsync, iter: Walks, threads: 1);
        TestContext.Out.WriteLine($"{s_settlements} settlements");
    }

    private async Task WalkAsync(Answer[] answers, Turn[] turns)
    {
        var ledger = NewLedger(NewNamespace());
        var numbers = new List<long>();
        for (var i = 0; i < Batches; i++)
        {
            var lane = i % 2 == 0 ? LedgerHarness.Chat : LedgerHarness.Messages;
            await ledger.EnqueueAsync([.. Enumerable.Range(0, JobsPerBatch).Select(_ => Job(lane: lane))]);
            numbers.Add((await ledger.ClaimAsync(lane, reserve: Reserve)).Number);
        }
        foreach (var turn in turns)
        {
            ledger.Time.Advance(TimeSpan.FromHours(turn.Hours));
            await SettleAsync(ledger, numbers[turn.Batch], answers.AsMemory(turn.Batch * JobsPerBatch, JobsPerBatch), turn);
        }
        await CompareAsync(ledger, numbers, answers);
    }

    /// <summary>What a room does that was interrupted or not: it finishes what was cut off, then settles what is open, the last places first.</summary>
    private static async Task SettleAsync(LedgerHarness ledger, long number, ReadOnlyMemory<Answer> answers, Turn turn)
    {
        var batch = (await ledger.Settlements.FinishAsync((await ledger.Batches.OwnAsync(number))!))!;
        var manifest = await ledger.Claims.ManifestAsync(number, 0);
        var known = await ledger.Settlements.OutcomesAsync(number, 0);
        var open = Enumerable.Range(0, JobsPerBatch).Reverse().Where(place => place >= known.Length || known[place] is null).Take(turn.Most)
            .Select(place => new Settlement(place, manifest[place], answers.Span[place].Outcome(ledger.Store.NowMs, batch.Settlements + 1))).ToArray();
        s_settlements += open.Length;
        var store = turn.CutBefore < 0 ? ledger : ledger.CutOffBefore(turn.CutBefore);
        try
        {
            await store.Settlements.SettleAsync(batch, open);
        }
        catch (StackExchange.Redis.RedisServerException cut) when (cut.Message.Contains(CutOffScript.Word, StringComparison.Ordinal))
        {
            return;
        }
        if (turn.Repeat && open.Length > 0)
        {
            Assert.That(await ledger.Settlements.SettleAsync(batch, open), Is.Null, "a repeat changes nothing");
        }
    }

    private static async Task CompareAsync(LedgerHarness ledger, List<long> numbers, Answer[] answers)
    {
        var settled = new List<(DateOnly Day, Answer Answer)>();
        var batches = new List<BatchTotals>();
        foreach (var (index, number) in numbers.Index())
        {
            var batch = (await ledger.Settlements.FinishAsync((await ledger.Batches.OwnAsync(number))!))!;
            batches.Add((await ledger.Batches.ReadAsync(number))!.Totals);
            Assert.That(batches[^1], Is.EqualTo(batch.Totals));
            Assert.That((await ledger.Batches.ReadAsync(number))!.Reserved!.Pico, Is.EqualTo(Reserve * (JobsPerBatch - batch.Totals.Settled)), "what is settled holds nothing back");
            var outcomes = await ledger.Settlements.OutcomesAsync(number, 0);
            settled.AddRange(outcomes.Index().Where(outcome => outcome.Item is not null).Select(outcome =>
                (DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(outcome.Item!.AtMs).UtcDateTime), answers[(index * JobsPerBatch) + outcome.Index])));
        }
        var days = await ledger.Books.ReadAsync();
        var expected = Money.Of(settled.Select(job => job.Answer));
        Assert.That(Money.Of(batches), Is.EqualTo(expected), "batches");
        Assert.That(Money.Of(days.Select(day => day.Sum)), Is.EqualTo(expected), "days");
        foreach (var day in days.GroupBy(day => day.Date))
        {
            Assert.That(Money.Of(day.Select(lane => lane.Sum)), Is.EqualTo(Money.Of(settled.Where(job => job.Day == day.Key).Select(job => job.Answer))), $"{day.Key}");
        }
        Assert.That(days.Sum(day => day.Succeeded), Is.EqualTo(settled.Count(job => job.Answer.Kind == Outcome.Succeeded)));
        Assert.That(days.Sum(day => day.Failed), Is.EqualTo(settled.Count(job => job.Answer.Kind != Outcome.Succeeded)));
    }

    /// <summary>What the provider says of a job, and what it costs: at twice the price in real time.</summary>
    private sealed record Answer(Outcome Kind, long? Pico, uint Tokens)
    {
        public OutcomeRecord Outcome(long atMs, int settlement) => new()
        {
            Outcome = Kind,
            Counted = true,
            Usage = new Usage(Tokens, Tokens / 2, 0),
            RealtimePico = Pico,
            BatchPico = Pico / 2,
            AtMs = atMs,
            Settlement = settlement,
        };
    }

    /// <summary>One look of a room at one batch.</summary>
    /// <param name="Batch">Which.</param>
    /// <param name="Most">Places settled at most.</param>
    /// <param name="CutBefore">The write before which the store is cut off; -1 for none.</param>
    /// <param name="Hours">Hours that pass before.</param>
    /// <param name="Repeat">The same settlement is sent once more.</param>
    private sealed record Turn(int Batch, int Most, int CutBefore, int Hours, bool Repeat);

    private sealed record Money(long Realtime, long Batch, long Input, long Output, int Unpriced)
    {
        public static Money Of(IEnumerable<Answer> answers) => answers.Aggregate(new Money(0, 0, 0, 0, 0), (sum, answer) => new Money(
            sum.Realtime + (answer.Pico ?? 0), sum.Batch + ((answer.Pico ?? 0) / 2), sum.Input + answer.Tokens, sum.Output + (answer.Tokens / 2),
            sum.Unpriced + (answer.Kind == Outcome.Succeeded && answer.Pico is null ? 1 : 0)));

        public static Money Of(IEnumerable<BatchTotals> totals) => totals.Aggregate(new Money(0, 0, 0, 0, 0), (sum, part) => new Money(
            sum.Realtime + part.RealtimePico, sum.Batch + part.BatchPico, sum.Input + part.InputTokens, sum.Output + part.OutputTokens, sum.Unpriced + part.Unpriced));
    }
}
