using System.Text.Json;

namespace BatchWorker.Cli.Operators;

/// <summary>Why somebody should look at a batch.</summary>
internal static class Lateness
{
    /// <summary>A batch of the night that is not sent by then is held by something.</summary>
    private static readonly TimeSpan s_unsent = TimeSpan.FromHours(1);

    /// <summary>Hours before the end of a provider's window from which its answers are in danger.</summary>
    private static readonly TimeSpan s_soon = TimeSpan.FromHours(4);

    /// <summary>The reason; null for a batch that goes its way, or has ended.</summary>
    public static string? Of(JsonElement batch, DateTimeOffset now)
    {
        if (Cells.Moment(batch, "completed_at") is not null)
        {
            return null;
        }
        var error = Cells.Find(batch, "error") is null ? null : $"{Cells.Text(batch, "error.code")}: {Cells.Text(batch, "error.message")}";
        var left = Cells.Moment(batch, "expires_at") - now;
        var unsent = Cells.Moment(batch, "submitted_at") is null ? now - Cells.Moment(batch, "created_at") : null;
        var why = new[]
        {
            Cells.Text(batch, "status") == "in_doubt" ? "in doubt: nobody knows whether the provider has it" : null,
            error,
            left < TimeSpan.Zero ? $"{Cells.Span(-left.Value)} beyond the provider's window" : left < s_soon ? $"expires in {Cells.Span(left.Value)}" : null,
            unsent > s_unsent ? $"not sent for {Cells.Span(unsent.Value)}" : null,
        };
        return why.Any(reason => reason is not null) ? string.Join("; ", why.Where(reason => reason is not null)) : null;
    }
}
