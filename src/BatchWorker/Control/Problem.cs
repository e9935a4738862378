using System.Globalization;
using System.Text.Json;
using BatchWorker.Intake;

namespace BatchWorker.Control;

/// <summary>An error answer: RFC 9457 problem details with a stable type <c>urn:batchworker:CODE</c>.</summary>
internal sealed class Problem(int status, string code, string detail) : IResult
{
    /// <summary>What every problem answer is sent as.</summary>
    public const string ContentType = "application/problem+json";

    private static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(5);

    public int Status => status;

    public string Code => code;

    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>When to try again; 429 and 503 always say it.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static Problem NotFound(string what) => new(StatusCodes.Status404NotFound, "not_found", $"There is no such {what}.");

    public static Problem Conflict(string code, string detail) => new(StatusCodes.Status409Conflict, code, detail);

    public static Problem Invalid(params FieldError[] errors) =>
        new(StatusCodes.Status422UnprocessableEntity, "invalid", errors is [var only] ? $"{only.Pointer}: {only.Detail}" : $"{errors.Length} fields are invalid.") { Errors = errors };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = ContentType;
        if ((RetryAfter ?? (status is 429 or 503 ? DefaultRetryAfter : null)) is { } wait)
        {
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }
        await using var writer = new Utf8JsonWriter(response.BodyWriter);
        Write(writer);
        await writer.FlushAsync(httpContext.RequestAborted);
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "urn:batchworker:" + code);
        writer.WriteString("title", TitleOf(code));
        writer.WriteNumber("status", status);
        writer.WriteString("detail", detail);
        if (Errors.Count > 0)
        {
            writer.WriteStartArray("errors");
            foreach (var error in Errors)
            {
                writer.WriteStartObject();
                writer.WriteString("pointer", error.Pointer);
                writer.WriteString("detail", error.Detail);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    private static string TitleOf(string code) => char.ToUpperInvariant(code[0]) + code[1..].Replace('_', ' ');
}
