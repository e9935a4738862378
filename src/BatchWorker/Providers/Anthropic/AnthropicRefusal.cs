using System.Globalization;
using System.Text.RegularExpressions;

namespace BatchWorker.Providers.Anthropic;

/// <summary>
/// Why a create call was refused. It holds all requests, so one bad request is answered with 400 for the whole batch;
/// the message begins with the path of the fault, <c>requests.17.params…</c> (anthropic-sdk-python#984).
/// </summary>
internal static partial class AnthropicRefusal
{
    private const string InvalidRequest = "invalid_request_error";

    /// <summary>Faults of the call itself, which a smaller batch would have too: its headers and its envelope.</summary>
    private static readonly string[] s_wholeCall = ["anthropic-version", "anthropic-beta", "x-api-key", "requests:"];

    public static CreateOutcome Explain(CreateOutcome outcome) =>
        outcome is CreateOutcome.Rejected { Failure: { Kind: FailureKind.Refused, Code: InvalidRequest } failure } && !IsAboutTheCall(failure.Message)
            ? new CreateOutcome.Rejected(failure with { Kind = FailureKind.Invalid, Line = LineIn(failure.Message) })
            : outcome;

    private static bool IsAboutTheCall(string message) => s_wholeCall.Any(start => message.StartsWith(start, StringComparison.Ordinal));

    private static int? LineIn(string message) =>
        Path().Match(message) is { Success: true } path && int.TryParse(path.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < int.MaxValue
            ? index + 1
            : null;

    [GeneratedRegex(@"^requests\.(\d+)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Path();
}
