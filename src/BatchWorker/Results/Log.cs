using BatchWorker.Lifecycle;

namespace BatchWorker.Results;

/// <summary>What the results room says.</summary>
internal static partial class Log
{
    [LoggerMessage(400, LogLevel.Information, "{Batch} ended {State}: {Succeeded} succeeded, {Others} did not, {Requeued} of them go back")]
    public static partial void Ended(ILogger logger, string batch, BatchState state, int succeeded, int others, int requeued);

    [LoggerMessage(402, LogLevel.Information, "Retention: {Buckets} buckets of up to 256 jobs, {Batches} batches and {Runs} runs were dropped")]
    public static partial void Expired(ILogger logger, int buckets, int batches, int runs);

    [LoggerMessage(403, LogLevel.Information, "{Batch}: the provider's copies of its input and output are deleted")]
    public static partial void CopiesDeleted(ILogger logger, string batch);

    [LoggerMessage(404, LogLevel.Warning, "{Batch}: the provider's copies could not be deleted: {Reason}")]
    public static partial void CopiesNotDeleted(ILogger logger, string batch, string reason);

    [LoggerMessage(405, LogLevel.Warning, "{Batch} waits: the store of results is full, its answers stay at the provider")]
    public static partial void NoRoom(ILogger logger, string batch);

    [LoggerMessage(406, LogLevel.Information, "{Batch} waits for the end of its duplicate {ProviderBatch}")]
    public static partial void WaitsForDuplicate(ILogger logger, string batch, string providerBatch);

    [LoggerMessage(407, LogLevel.Warning, "{Batch}: the answers of its duplicate {ProviderBatch} are used where it had none; {PaidTwice} were paid twice, {Pico} pico-USD as far as prices are known")]
    public static partial void DuplicateRead(ILogger logger, string batch, string providerBatch, int paidTwice, long pico);

    [LoggerMessage(408, LogLevel.Error, "{Batch}: the provider does not have its answers any more; jobs without one are sent again while they have attempts")]
    public static partial void AnswersLost(ILogger logger, string batch);

    [LoggerMessage(401, LogLevel.Warning, "{Batch}: {Nameless} lines without a readable id, {Strays} for no open job of it")]
    public static partial void StrayLines(ILogger logger, string? batch, int nameless, int strays);

    [LoggerMessage(409, LogLevel.Warning, "{Batch}: its books differ from what the provider says of it, ours less theirs: {Requests} requests, {Answers} answers, {Input} tokens of input, {Output} of output, {Cached} cached")]
    public static partial void Drifts(ILogger logger, string batch, long? requests, long? answers, long? input, long? output, long? cached);

    [LoggerMessage(410, LogLevel.Information, "Correction: {Batch}: {Answers} answers of {Model} have got their price, {Realtime} USD in real time, {Paid} USD paid")]
    public static partial void Repriced(ILogger logger, string batch, int answers, string model, decimal realtime, decimal paid);

    [LoggerMessage(411, LogLevel.Information, "The price file has changed and is in force")]
    public static partial void PricesRead(ILogger logger);

    [LoggerMessage(412, LogLevel.Error, "The price file has changed and can not be used, the prices stay as they are: {Reason}")]
    public static partial void PricesUnusable(ILogger logger, string reason);
}
