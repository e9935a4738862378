using System.Text.Json;

namespace BatchWorker.Simulator.Gemini;

/// <summary><c>google.rpc.Code</c>.</summary>
internal enum RpcCode
{
    Cancelled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
}

/// <summary>The codes on the wire (googleapis, google/rpc/code.proto).</summary>
internal static class RpcCodes
{
    private static readonly IReadOnlyDictionary<RpcCode, int> Statuses = new Dictionary<RpcCode, int>
    {
        [RpcCode.Cancelled] = 499,
        [RpcCode.InvalidArgument] = 400,
        [RpcCode.FailedPrecondition] = 400,
        [RpcCode.OutOfRange] = 400,
        [RpcCode.Unauthenticated] = 401,
        [RpcCode.PermissionDenied] = 403,
        [RpcCode.NotFound] = 404,
        [RpcCode.AlreadyExists] = 409,
        [RpcCode.Aborted] = 409,
        [RpcCode.ResourceExhausted] = 429,
        [RpcCode.Unimplemented] = 501,
        [RpcCode.Unavailable] = 503,
        [RpcCode.DeadlineExceeded] = 504,
    };

    /// <summary>The HTTP status of a call that ends so.</summary>
    public static int Http(this RpcCode code) => Statuses.GetValueOrDefault(code, StatusCodes.Status500InternalServerError);

    /// <summary>E.g. <c>INVALID_ARGUMENT</c>.</summary>
    public static string Name(this RpcCode code) => JsonNamingPolicy.SnakeCaseUpper.ConvertName(code.ToString());

    /// <summary>The code behind an HTTP status.</summary>
    public static RpcCode OfHttp(int status) => Statuses.FirstOrDefault(pair => pair.Value == status) is { Value: > 0 } pair
        ? pair.Key
        : status is >= 400 and < 500 ? RpcCode.InvalidArgument : RpcCode.Internal;

    /// <summary>The code that a tester calls by number, by HTTP status or by name in any spelling; what is not known is <see cref="RpcCode.Internal"/>.</summary>
    public static RpcCode Of(string word)
    {
        if (int.TryParse(word, out var number))
        {
            return Enum.IsDefined((RpcCode)number) ? (RpcCode)number : OfHttp(number);
        }
        return Enum.TryParse<RpcCode>(word.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var code) ? code : RpcCode.Internal;
    }
}
