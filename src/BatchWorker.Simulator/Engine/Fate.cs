using System.Text.RegularExpressions;

namespace BatchWorker.Simulator.Engine;

/// <summary>What happens to single requests.</summary>
internal sealed record ItemFate
{
    /// <summary>Regular expression over the custom id; null for any.</summary>
    public string? CustomId { get; init; }

    /// <summary>Regular expression over the marks (<c>mk-…</c>) of the body; null for any.</summary>
    public string? Mark { get; init; }

    /// <summary>Part of the requests in percent, chosen by seed and custom id.</summary>
    public double Percent { get; init; } = 100;

    public int Seed { get; init; }

    /// <summary>How often it happens to one custom id; null for always.</summary>
    public int? Tries { get; init; }

    /// <summary><c>rate_limit, server_error, overloaded, invalid_request, content_filter, expired</c>.</summary>
    public string Code { get; init; } = "server_error";

    /// <summary>It is the validation of the batch that refuses the line.</summary>
    public bool Validation { get; init; }

    /// <summary>A validation that does not say which line.</summary>
    public bool NoLine { get; init; }

    public bool Matches(string customId, IEnumerable<string> marks) =>
        (CustomId is null || Regex.IsMatch(customId, CustomId, RegexOptions.CultureInvariant))
        && (Mark is null || marks.Any(mark => Regex.IsMatch(mark, Mark, RegexOptions.CultureInvariant)))
        && (Percent >= 100 || StableHash.Of(customId + Seed.ToString(System.Globalization.CultureInfo.InvariantCulture)) % 10_000 < Percent * 100);
}

/// <summary>What happens to a whole batch.</summary>
internal sealed record BatchFate
{
    public string? Model { get; init; }

    /// <summary><c>expired</c> or <c>failed</c>.</summary>
    public string State { get; init; } = "expired";

    /// <summary>Part of the requests that are answered before an expiry.</summary>
    public double Fraction { get; init; } = 0.5;

    /// <summary>The reason of a failure.</summary>
    public string Code { get; init; } = "invalid_request";

    /// <summary>How many batches it happens to.</summary>
    public int Count { get; init; } = 1;
}

/// <summary>What happens to lines of a result file.</summary>
internal sealed record LineMutation
{
    /// <summary><c>corrupt, truncate_line, missing, duplicate, unknown_id, invalid_utf8, blank, not_object</c>.</summary>
    public string Kind { get; init; } = "corrupt";

    /// <summary>How many lines.</summary>
    public int Lines { get; init; } = 1;

    /// <summary>How many batches.</summary>
    public int Count { get; init; } = 1;
}
