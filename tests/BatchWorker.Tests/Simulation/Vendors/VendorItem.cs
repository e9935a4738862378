using System.Globalization;
using System.Text;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;

namespace BatchWorker.Tests.Simulation.Vendors;

/// <summary>What a provider makes of one request.</summary>
internal enum ItemFate
{
    Answered,
    AnsweredTwice,

    /// <summary>Run and billed; the files hold no line for it.</summary>
    LineMissing,

    /// <summary>Run and billed; its line can not be read.</summary>
    LineGarbled,

    /// <summary>Run and billed; its line names it and holds no answer.</summary>
    AnswerGarbled,
    FailedForGood,
    FailedForNow,
}

/// <summary>One request in a provider's batch.</summary>
/// <param name="CustomId">The id that we gave it.</param>
/// <param name="Question">The number in the request, by which its own answer is known.</param>
/// <param name="Fate">What becomes of it.</param>
/// <param name="DoneAt">When it has run; never when the batch ends before.</param>
internal sealed record VendorItem(string CustomId, int Question, ItemFate Fate, TimeSpan DoneAt)
{
    public static readonly Usage Usage = new(100, 20, 0);

    public bool IsBilled => Fate is not (ItemFate.FailedForGood or ItemFate.FailedForNow);

    /// <summary>Whether the provider delivers what was paid for.</summary>
    public bool IsDelivered => Fate is ItemFate.Answered or ItemFate.AnsweredTwice;

    public long Sequence => JobId.TryParse(CustomId, out var id) ? id.Sequence : 0;

    public static byte[] AnswerTo(int question) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"answer\":{question}}}"));

    public IEnumerable<ResultLine> Lines() => Fate switch
    {
        ItemFate.Answered => [Answer()],
        ItemFate.AnsweredTwice => [Answer(), Answer()],
        ItemFate.LineMissing => [],
        ItemFate.LineGarbled => [new ResultLine { Outcome = Outcome.Missing }],
        ItemFate.AnswerGarbled => [new ResultLine { CustomId = CustomId, Outcome = Outcome.Missing }],
        ItemFate.FailedForNow => [Failure(new JobError("server_error", "Try again.", true))],
        _ => [Failure(new JobError("content_policy", "No.", false))],
    };

    /// <summary>How it is listed when the batch ended before it ran.</summary>
    public ResultLine NotRun(Outcome outcome) => new()
    {
        CustomId = CustomId,
        Outcome = outcome,
        Error = new JobError(outcome == Outcome.Expired ? "batch_expired" : "batch_cancelled", "Not run.", outcome == Outcome.Expired),
    };

    private ResultLine Answer() => new() { CustomId = CustomId, Outcome = Outcome.Succeeded, Body = AnswerTo(Question), Usage = Usage, StatusCode = 200 };

    private ResultLine Failure(JobError error) => new() { CustomId = CustomId, Outcome = Outcome.Failed, Error = error, StatusCode = 500 };
}
