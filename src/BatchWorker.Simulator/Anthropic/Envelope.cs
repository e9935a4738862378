using BatchWorker.Simulator.Batches;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>The requests of a create call, as far as they are looked at before they run.</summary>
/// <param name="Path">The file that they are in.</param>
/// <param name="Places">Where in it.</param>
/// <param name="Version">The API version of the call.</param>
/// <param name="Tokens">Prompt tokens of all.</param>
/// <param name="Model">The model of all; null when they name several, or none.</param>
internal sealed record Envelope(string Path, IReadOnlyList<ItemPlace> Places, string Version, long Tokens, string? Model)
{
    /// <summary>Reads one of them.</summary>
    public BatchItem ReadItem(ReadOnlySpan<byte> bytes) => MessageRequest.ReadItem(bytes, Version);
}
