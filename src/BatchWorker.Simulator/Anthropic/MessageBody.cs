using BatchWorker.Simulator.Answers;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>The model's answer in the shape of a message (Anthropic API reference).</summary>
internal static class MessageBody
{
    /// <param name="answer">What the model says.</param>
    /// <param name="usage">What it costs.</param>
    /// <param name="refused">The model stopped before its first word.</param>
    public static object Of(Answer answer, MessageUsage usage, bool refused) => new
    {
        id = $"msg_01{answer.Echo}",
        type = "message",
        role = "assistant",
        model = answer.Prompt.Model,
        content = refused ? [] : new[] { new { type = "text", text = answer.Text } },
        stop_reason = refused ? "refusal" : "end_turn",
        stop_sequence = (string?)null,
        usage = usage.ToWire(),
    };
}
