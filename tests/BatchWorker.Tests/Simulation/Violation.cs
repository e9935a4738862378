using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace BatchWorker.Tests.Simulation;

/// <summary>An oracle found a promise broken.</summary>
/// <param name="oracle">Which oracle.</param>
/// <param name="message">What it saw.</param>
internal sealed class Violation(string oracle, string message) : Exception($"{oracle}: {message}")
{
    public string Oracle => oracle;

    /// <summary>The message is only made when it is needed.</summary>
    public static void Unless([DoesNotReturnIf(false)] bool holds, string oracle, [InterpolatedStringHandlerArgument(nameof(holds))] ref Finding message)
    {
        if (!holds)
        {
            throw new Violation(oracle, message.Text);
        }
    }

    /// <summary>Text that is put together only where a promise is broken.</summary>
    [InterpolatedStringHandler]
    internal ref struct Finding
    {
        private DefaultInterpolatedStringHandler _text;

        public Finding(int literalLength, int formattedCount, bool holds, out bool isNeeded)
        {
            isNeeded = !holds;
            _text = isNeeded ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
        }

        public string Text => _text.ToStringAndClear();

        public void AppendLiteral(string value) => _text.AppendLiteral(value);

        public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);
    }
}
