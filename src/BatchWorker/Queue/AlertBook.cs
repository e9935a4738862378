using System.Text.Json;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Something that someone should know.</summary>
/// <param name="Id">Its own name: type, subject and beginning.</param>
/// <param name="Type">A fixed word.</param>
/// <param name="Subject">The batch or model that it is about; null when it is about everything.</param>
/// <param name="Severity"><c>info</c> or <c>warning</c>.</param>
/// <param name="Message">For people.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Threshold">What it passed.</param>
/// <param name="Since">When it began.</param>
internal sealed record Alert(string Id, string Type, string? Subject, string Severity, string Message, decimal Value, decimal Threshold, DateTimeOffset Since) : StoredRecord
{
    /// <summary>When it was over; null while it is not.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>All that is known of alerts: one book for all replicas.</summary>
internal sealed record AlertBook : StoredRecord
{
    public IReadOnlyList<Alert> Active { get; init; } = [];

    /// <summary>Those that are over, the newest first.</summary>
    public IReadOnlyList<Alert> Recent { get; init; } = [];

    /// <summary>USD: the savings milestone that was reported last.</summary>
    public decimal Milestone { get; init; }
}

/// <summary>Keeps the book of alerts.</summary>
internal sealed class AlertLedger(LedgerStore store)
{
    public async Task<AlertBook> ReadAsync() => Unpack(await store.Database.HashGetAsync(store.Keys.Alerts, LedgerFields.Book));

    /// <summary>Changes the book; <paramref name="change"/> may run more than once. Answers the book before and after.</summary>
    public async Task<(AlertBook Before, AlertBook After)> ChangeAsync(Func<AlertBook, AlertBook> change)
    {
        for (; ; )
        {
            var stored = await store.Database.HashGetAsync(store.Keys.Alerts, LedgerFields.Book);
            var before = Unpack(stored);
            var after = change(before);
            var bytes = JsonSerializer.SerializeToUtf8Bytes(after, LedgerJson.Default.AlertBook);
            if (stored == bytes || (await store.Begin()
                .Expect(store.Keys.Alerts, LedgerFields.Book, stored.HasValue ? stored : RedisValue.EmptyString)
                .Write("HSET", store.Keys.Alerts, LedgerFields.Book, bytes)
                .CommitAsync()).Length == 0)
            {
                return (before, after);
            }
        }
    }

    private static AlertBook Unpack(byte[]? bytes) => bytes is null ? new AlertBook() : JsonSerializer.Deserialize(bytes, LedgerJson.Default.AlertBook)!;
}
