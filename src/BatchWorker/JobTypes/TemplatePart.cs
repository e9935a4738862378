namespace BatchWorker.JobTypes;

/// <summary>A piece of a template: text as it stands, or the place of a field.</summary>
/// <param name="Literal">Bytes of JSON; empty for a field.</param>
/// <param name="Field">Number of the field; -1 for a literal.</param>
/// <param name="IsWhole">The field is the whole of a string, so its value stands there with its own type; otherwise it is a part of a text.</param>
internal readonly record struct TemplatePart(ReadOnlyMemory<byte> Literal, int Field, bool IsWhole)
{
    private const int None = -1;

    public bool IsLiteral => Field == None;

    public static TemplatePart Of(ReadOnlyMemory<byte> literal) => new(literal, None, IsWhole: false);
}
