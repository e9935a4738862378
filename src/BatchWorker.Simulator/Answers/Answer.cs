using System.Text.Json;

namespace BatchWorker.Simulator.Answers;

/// <summary>What the simulated model says to a request: a function of the bytes of its body alone.</summary>
/// <param name="Echo">Fingerprint of the raw body.</param>
/// <param name="Text"><c>{"echo":HASH,"marks":[…],"chars":n}</c>.</param>
/// <param name="Prompt">What was asked.</param>
internal sealed record Answer(Fingerprint Echo, string Text, Prompt Prompt)
{
    /// <summary>Characters of the text / 4, rounded up.</summary>
    public int Tokens => Prompt.TokensOf(Text.Length);

    public static Answer To(ReadOnlySpan<byte> body, Prompt prompt)
    {
        var echo = Fingerprint.Of(body);
        var text = JsonSerializer.Serialize(new { echo = echo.ToString(), marks = Marks.In(body), chars = prompt.Chars });
        return new Answer(echo, text, prompt);
    }
}
