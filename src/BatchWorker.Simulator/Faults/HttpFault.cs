using System.Text.RegularExpressions;

namespace BatchWorker.Simulator.Faults;

/// <summary>What happens to a call.</summary>
internal enum HttpFaultKind
{
    /// <summary>Nothing is done; answered with a status.</summary>
    Status,

    /// <summary>Done, but answered with a status.</summary>
    StatusAfter,

    /// <summary>Nothing is done; the connection is cut after <see cref="HttpFaultAction.Bytes"/> of the request were read.</summary>
    ResetBefore,

    /// <summary>Done, then the connection is cut: the answer is lost.</summary>
    ResetAfter,

    /// <summary>Nothing is done; silence, then the connection is cut.</summary>
    Hang,

    /// <summary>Done; silence, then the connection is cut.</summary>
    HangAfter,

    /// <summary>Done, and the answer drips.</summary>
    Slow,

    /// <summary>Done, and the answer ends after <see cref="HttpFaultAction.Bytes"/>.</summary>
    Truncate,

    /// <summary>Nothing is done; 200 and a page of HTML.</summary>
    Garble,
}

/// <summary>A fault of the HTTP layer.</summary>
internal sealed record HttpFault : Occasion
{
    private readonly Regex? _path;

    /// <summary>The method; null for any.</summary>
    public string? Method { get; init; }

    /// <summary>Regular expression for the path behind the provider's base URL, e.g. <c>^/batches$</c>; null for any.</summary>
    public string? Path
    {
        get => _path?.ToString();
        init => _path = value is null ? null : new Regex(value);
    }

    public required HttpFaultAction Action { get; init; }

    public bool Fits(string provider, string method, string path) =>
        (Provider is null || Provider == provider)
        && (Method is null || string.Equals(Method, method, StringComparison.OrdinalIgnoreCase))
        && (_path is null || _path.IsMatch(path));
}

/// <summary>The fault itself.</summary>
internal sealed record HttpFaultAction
{
    public required HttpFaultKind Type { get; init; }

    /// <summary>For <c>status</c> and <c>status_after</c>.</summary>
    public int Status { get; init; } = 500;

    /// <summary>The answer's body; null for an error as the provider words it.</summary>
    public string? Body { get; init; }

    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>For <c>hang</c>, <c>hang_after</c>: how long. For <c>slow</c>: the pause after each piece.</summary>
    public double Seconds { get; init; } = 1;

    /// <summary>For <c>truncate</c>, <c>reset_before</c>: bytes that pass. For <c>slow</c>: size of a piece.</summary>
    public long Bytes { get; init; }

    /// <summary>For <c>truncate</c>: a chunked answer that ends well, so that nothing but its content tells the loss.</summary>
    public bool Chunked { get; init; }
}
