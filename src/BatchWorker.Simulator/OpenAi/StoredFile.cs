namespace BatchWorker.Simulator.OpenAi;

/// <summary>A file as the Files API shows it.</summary>
internal sealed record StoredFile(string Id, string Name, string Purpose, long Bytes, DateTimeOffset CreatedAt, string Path, long Number);
