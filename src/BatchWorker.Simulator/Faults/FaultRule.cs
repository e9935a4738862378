using System.Text.RegularExpressions;

namespace BatchWorker.Simulator.Faults;

/// <summary>What is done to requests that match.</summary>
internal sealed record FaultAction
{
    /// <summary><c>status, status_after, reset_before, reset_after, hang, hang_after, slow, truncate, garble</c>.</summary>
    public string Type { get; init; } = "status";

    public int Status { get; init; } = 500;

    public string? Body { get; init; }

    public Dictionary<string, string>? Headers { get; init; }

    /// <summary>How long a hang lasts before the connection is cut.</summary>
    public double Seconds { get; init; } = 60;

    /// <summary>Bytes after which an answer is cut.</summary>
    public int Bytes { get; init; } = 100;

    /// <summary>Bytes of a slow answer that are sent together.</summary>
    public int Chunk { get; init; } = 256;

    /// <summary>Pause between them.</summary>
    public int DelayMs { get; init; } = 20;
}

/// <summary>Which requests are struck, and how.</summary>
internal sealed record FaultRule
{
    /// <summary>First part of the path: <c>openai</c>; null for any.</summary>
    public string? Provider { get; init; }

    public string? Method { get; init; }

    /// <summary>Regular expression over the path behind the provider's prefix.</summary>
    public string? Path { get; init; }

    /// <summary>Only the n-th request that matches, from 1.</summary>
    public int? Nth { get; init; }

    /// <summary>Only those behind the first n.</summary>
    public int After { get; init; }

    /// <summary>How many are struck; null for all.</summary>
    public int? Count { get; init; }

    /// <summary>Part that is struck, chosen by seed and number of the request.</summary>
    public double Probability { get; init; } = 1;

    public int Seed { get; init; }

    public FaultAction Action { get; init; } = new();

    public bool Covers(string method, string provider, string path) =>
        (Provider is null || Provider == provider)
        && (Method is null || Method.Equals(method, StringComparison.OrdinalIgnoreCase))
        && (Path is null || Regex.IsMatch(path, Path, RegexOptions.CultureInvariant));
}
