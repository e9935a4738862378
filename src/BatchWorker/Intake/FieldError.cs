namespace BatchWorker.Intake;

/// <summary>One invalid field of a request.</summary>
/// <param name="Pointer">JSON pointer (RFC 6901) into the body; empty for the body itself. Of a very long one only the beginning is kept, up to a whole token.</param>
/// <param name="Detail">What is wrong with it.</param>
internal sealed record FieldError(string Pointer, string Detail)
{
    /// <summary>Errors that are told of one body; a caller that makes more does not need them all.</summary>
    public const int Most = 100;

    private const int LongestPointer = 1000;

    public string Pointer { get; init; } = Pointer.Length <= LongestPointer ? Pointer : Pointer[..Pointer.LastIndexOf('/', LongestPointer)];

    /// <summary>The same error seen from around the value: <c>/priority</c> of element 3 is <c>/3/priority</c>.</summary>
    public FieldError Under(string token) => this with { Pointer = "/" + token + Pointer };

    /// <summary>Escapes a member name for a pointer.</summary>
    public static string Token(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
