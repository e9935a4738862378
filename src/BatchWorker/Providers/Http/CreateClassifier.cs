namespace BatchWorker.Providers.Http;

/// <summary>
/// Decides what is known after a create call. Two mistakes are possible and only one is cheap: a created batch
/// taken for absent is paid twice, an absent one taken for unknown waits for a few listings. So all that is
/// not certain is unknown.
/// </summary>
internal sealed class CreateClassifier(ProviderFailures failures)
{
    /// <summary>Of an answer that was read to its end.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="idField">Where the provider puts the id of what it created.</param>
    public CreateOutcome Of(HttpAnswer answer, string idField) => answer switch
    {
        { IsSuccess: true } when answer.ReadObject()?.Text(idField) is { } id => new CreateOutcome.Created(id),
        { IsSuccess: true } => new CreateOutcome.Unknown("unreadable_answer"),
        { Status: 408 or 409 } => new CreateOutcome.Unknown($"http_{answer.Status}"),
        { Status: >= 400 and <= 499 } => new CreateOutcome.Rejected(failures.Of(answer)),
        _ => new CreateOutcome.Unknown($"http_{answer.Status}"),
    };

    /// <summary>Of a call without a complete answer, cancelled ones included.</summary>
    /// <param name="fault">What ended it.</param>
    /// <param name="begun">Whether any byte of the body may have left.</param>
    public static CreateOutcome Of(Exception fault, bool begun)
    {
        var reason = ProviderFailures.CodeOf(fault);
        return begun ? new CreateOutcome.Unknown(reason) : new CreateOutcome.NotSent(reason);
    }
}
