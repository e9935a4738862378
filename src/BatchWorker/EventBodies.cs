using System.Text.Json;
using BatchWorker.Callbacks;
using BatchWorker.Control;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker;

/// <summary>Receivers of callbacks are told what callers are shown.</summary>
internal sealed class EventBodies(JobQueries jobs, JobPresenter presenter, BatchLedger batches, BatchPresenter batchPresenter) : IEventBodies
{
    private static readonly string[] s_left = ["data", "response"];

    public async Task<ReadOnlyMemory<byte>?> WriteAsync(CallbackSubject subject, string id, CancellationToken cancellationToken)
    {
        if (subject.IsBatch)
        {
            return await batches.FindAsync(id) is { } batch ? JsonSerializer.SerializeToUtf8Bytes(batchPresenter.Show(batch), ControlJson.Relaxed.BatchAnswer) : null;
        }
        return JobId.TryParse(id, out var job) && await jobs.FindAsync(job) is { } found
            ? Without(JsonSerializer.SerializeToUtf8Bytes(await presenter.BriefAsync(found, cancellationToken), ControlJson.Relaxed.JobDetailAnswer))
            : null;
    }

    /// <summary>Numbers and texts stay as they were written.</summary>
    private static byte[] Without(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            foreach (var member in document.RootElement.EnumerateObject().Where(member => !s_left.Contains(member.Name)))
            {
                member.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        return output.ToArray();
    }
}
