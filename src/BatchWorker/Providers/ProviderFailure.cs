namespace BatchWorker.Providers;

/// <summary>How a call to a provider failed, as far as the caller must decide what to do next.</summary>
internal enum FailureKind
{
    /// <summary>401 or 403: the key is wrong or revoked.</summary>
    Unauthorized,

    /// <summary>429: too much at once; <see cref="ProviderFailure.RetryAfter"/> says how long to wait where the provider did.</summary>
    Throttled,

    /// <summary>404 or 410.</summary>
    NotFound,

    /// <summary>413: the body is larger than the provider takes.</summary>
    TooLarge,

    /// <summary>Any other complete 4xx.</summary>
    Refused,

    /// <summary>A create call that holds its requests was refused because of one of them; <see cref="ProviderFailure.Line"/> says which, where the provider did.</summary>
    Invalid,

    /// <summary>5xx, a time-out, a connection or an answer that could not be read, after all retries.</summary>
    Unavailable,
}

/// <summary>An expected failure of a call; a value, not an exception. Never carries a key or a request.</summary>
/// <param name="Kind">What to do about it.</param>
/// <param name="Code">The provider's word, else a word of ours.</param>
/// <param name="Message">The provider's text, at most 1,000 characters.</param>
/// <param name="RetryAfter">The provider's Retry-After, at most one hour; null when it gave none.</param>
internal sealed record ProviderFailure(FailureKind Kind, string Code, string Message, TimeSpan? RetryAfter = null)
{
    /// <summary>1-based line of the input that the provider refuses; null where it names none.</summary>
    public int? Line { get; init; }
}

/// <summary>Either a value or the reason why there is none.</summary>
internal readonly record struct Answer<T>(T? Value, ProviderFailure? Failure) where T : class
{
    public static implicit operator Answer<T>(T value) => new(value, null);

    public static implicit operator Answer<T>(ProviderFailure failure) => new(null, failure);
}
