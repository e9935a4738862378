using System.Diagnostics.CodeAnalysis;
using BatchWorker.Intake;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary>Reads the filters of lists; a value that is not known is an error, not an empty list.</summary>
internal static class QueryFilters
{
    public static bool TryReadJobs(IQueryCollection query, [NotNullWhen(true)] out JobFilter? filter, [NotNullWhen(false)] out FieldError? error)
    {
        filter = null;
        error = Set(query, "status", Enum.GetValues<JobState>(), state => state.Wire(), out var states)
            ?? Set(query, "provider", ProviderNames.All, provider => provider.Wire(), out var providers);
        BatchId? batch = null;
        if (error is null && query.TryGetValue("batch_id", out var asked))
        {
            batch = BatchId.TryParse(asked, out var id) ? id : null;
            error = batch is null ? new FieldError("/batch_id", "This is no batch id.") : null;
        }
        if (error is not null)
        {
            return false;
        }
        Set(query, "provider", ProviderNames.All, provider => provider.Wire(), out providers);
        filter = new JobFilter { States = states, Providers = providers, JobTypes = Words(query, "job_type"), Batch = batch };
        return true;
    }

    public static bool TryReadBatches(IQueryCollection query, [NotNullWhen(true)] out BatchFilter? filter, [NotNullWhen(false)] out FieldError? error)
    {
        filter = null;
        bool? active = null;
        error = Set(query, "status", Enum.GetValues<BatchState>(), state => state.Wire(), out var states);
        error ??= Set(query, "provider", ProviderNames.All, provider => provider.Wire(), out _);
        if (error is null && query.TryGetValue("active", out var asked))
        {
            active = bool.TryParse(asked, out var value) ? value : null;
            error = active is null ? new FieldError("/active", "true or false is expected.") : null;
        }
        if (error is not null)
        {
            return false;
        }
        Set(query, "provider", ProviderNames.All, provider => provider.Wire(), out var providers);
        filter = new BatchFilter { Active = active, States = states, Providers = providers };
        return true;
    }

    public static bool TryReadDeliveries(IQueryCollection query, out IReadOnlySet<DeliveryState>? states, [NotNullWhen(false)] out FieldError? error)
    {
        error = Set(query, "status", CallbackBody.Undelivered, state => state.Wire(), out states);
        return error is null;
    }

    private static FieldError? Set<T>(IQueryCollection query, string name, IEnumerable<T> all, Func<T, string> wire, out IReadOnlySet<T>? found)
    {
        found = null;
        if (Words(query, name) is not { } words)
        {
            return null;
        }
        var known = all.ToDictionary(wire);
        if (words.FirstOrDefault(word => !known.ContainsKey(word)) is not null)
        {
            return new FieldError("/" + name, $"Known are {string.Join(", ", known.Keys)}.");
        }
        found = words.Select(word => known[word]).ToHashSet();
        return null;
    }

    private static HashSet<string>? Words(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var value) ? [.. value.ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)] : null;
}
