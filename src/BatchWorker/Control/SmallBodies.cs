using System.Text.Json;
using BatchWorker.Intake;

namespace BatchWorker.Control;

/// <summary>Reads bodies of known size.</summary>
internal static class SmallBodies
{
    private const int MostBytes = 64 << 10;

    /// <summary>The bytes of a body, which may be empty; null when it is larger than it may be.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int mostBytes)
    {
        if (request.ContentLength > mostBytes)
        {
            return null;
        }
        using var body = new MemoryStream((int)(request.ContentLength ?? 0));
        var buffer = new byte[81920];
        for (int read; (read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0;)
        {
            if (body.Length + read > mostBytes)
            {
                return null;
            }
            body.Write(buffer, 0, read);
        }
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    /// <summary>An object with no members but the known ones; no body is an empty object.</summary>
    public static async Task<(JsonElement Body, Problem? Refusal)> ReadObjectAsync(HttpRequest request, params string[] known)
    {
        if (await ReadAsync(request, MostBytes) is not { } bytes)
        {
            return (default, new Problem(StatusCodes.Status413PayloadTooLarge, "too_large", "The body is too large."));
        }
        if (!StrictJson.TryParse(bytes.IsEmpty ? "{}"u8.ToArray() : bytes, 0, out var document, out var error))
        {
            return (default, new Problem(StatusCodes.Status400BadRequest, "malformed", error.Detail) { Errors = [error] });
        }
        var body = document.RootElement;
        if (body.ValueKind != JsonValueKind.Object)
        {
            return (default, Problem.Invalid(new FieldError("", "An object is expected.")));
        }
        var unknown = body.EnumerateObject().Where(member => !known.Contains(member.Name)).Select(member => new FieldError("/" + FieldError.Token(member.Name), "This field is not known."));
        return (body, unknown.ToArray() is { Length: > 0 } errors ? Problem.Invalid(errors) : null);
    }
}
