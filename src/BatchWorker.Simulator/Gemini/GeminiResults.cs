using System.Text.Json;
using System.Text.Json.Nodes;
using BatchWorker.Simulator.Batches;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Simulator.Gemini;

/// <summary>The end of one batch that succeeded: answers what was done, writes the results and the bill.</summary>
internal sealed class GeminiResults : IDisposable
{
    // Results are kept for six weeks by default (Gemini batch guide)
    private static readonly TimeSpan Kept = TimeSpan.FromDays(42);

    private readonly GeminiBatch _batch;
    private readonly DateTimeOffset _at;
    private readonly GeminiFileStore _files;
    private readonly GeminiSettings _settings;
    private readonly ResultFile _output;
    private readonly BatchBill _bill;
    private (string Id, GeminiTag Tag, GeminiOutcome Outcome)? _swap;
    private bool _isSwapped;

    public GeminiResults(GeminiBatch batch, DateTimeOffset at, GeminiAccount account, FaultBook faults, SimulatorLedger ledger)
    {
        // There is no file of failures that could be damaged instead
        var mutation = faults.Mutations.Take(rule => rule.Provider is null or GeminiAccount.Provider);
        _batch = batch;
        _at = at;
        _files = account.Files;
        _settings = account.Settings;
        _output = new ResultFile(_files.NewPath(), mutation);
        _bill = new BatchBill(ledger, batch.Entry, at);
    }

    /// <param name="done">Requests that were done, in the order in which they ran; the others are lost without a word.</param>
    public void Write(int done)
    {
        _batch.Input!.Visit((position, item, body, fate) =>
        {
            if (position >= done)
            {
                _bill.Leave(item.CustomId, body);
            }
            else
            {
                Write(item.CustomId, ((GeminiPrompt)item.Prompt).Tag, Settle(item, body, fate));
            }
        });
        if (_swap is { } alone)
        {
            WriteLine(alone.Id, alone.Tag, alone.Outcome);
        }
        _batch.Totals = _bill.Totals;
        Keep();
    }

    public void Dispose()
    {
        _output.Dispose();
        _bill.Dispose();
    }

    private GeminiOutcome Settle(BatchItem item, ReadOnlySpan<byte> body, ItemFate? fate)
    {
        if (fate is { Code: ItemFault.Expired })
        {
            _bill.Expire(item.CustomId, body);
            return GeminiOutcome.Failed(fate, _settings.HttpCodes);
        }
        if (fate is not null && (fate.Code != ItemFault.ContentFilter || _batch.IsEmbedding))
        {
            _bill.Fail(item.CustomId, body, GeminiOutcome.StatusOf(fate));
            return GeminiOutcome.Failed(fate, _settings.HttpCodes);
        }
        return Answer(item, body, isBlocked: fate is not null);
    }

    private GeminiOutcome Answer(BatchItem item, ReadOnlySpan<byte> body, bool isBlocked)
    {
        var answer = Answers.Answer.To(body, item.Prompt);
        var usage = isBlocked || _batch.IsEmbedding ? GeminiUsage.OfPrompt(answer) : GeminiUsage.Of(answer, _settings);
        _bill.Pay(item.CustomId, answer.Echo, usage.Bill);
        if (_batch.IsEmbedding)
        {
            return new GeminiOutcome(GeminiBodies.Embedding(answer), null);
        }
        var isGarbage = _settings.JsonSchemaGarbage && ((GeminiPrompt)item.Prompt).HasJsonSchema;
        return new GeminiOutcome(isBlocked ? GeminiBodies.Blocked(answer, _batch.Model, usage) : GeminiBodies.Generated(answer, _batch.Model, usage, isGarbage), null);
    }

    private void Write(string id, GeminiTag tag, GeminiOutcome outcome)
    {
        if (!_settings.SwapKeys || _isSwapped)
        {
            WriteLine(id, tag, outcome);
        }
        else if (_swap is not { } first)
        {
            _swap = (id, tag, outcome);
        }
        else
        {
            _swap = null;
            _isSwapped = true;
            WriteLine(id, tag, first.Outcome);
            WriteLine(first.Id, first.Tag, outcome);
        }
    }

    private void WriteLine(string id, GeminiTag tag, GeminiOutcome outcome) => _output.Write(id, JsonSerializer.SerializeToUtf8Bytes(
        new { response = outcome.Response, error = outcome.Error, key = _batch.Call.FileName is null ? null : tag.Key, metadata = tag.Metadata is { } metadata ? JsonNode.Parse(metadata) : null },
        GeminiJson.Options).AsSpan());

    private void Keep()
    {
        _output.Dispose();
        if (!_output.Exists)
        {
            return;
        }
        _batch.ResultName = $"{GeminiFile.Prefix}batch-{_batch.Name[GeminiBatch.Prefix.Length..]}";
        _files.Add(new GeminiFile
        {
            Name = _batch.ResultName,
            Path = _output.Path,
            MimeType = "application/jsonl",
            Bytes = new FileInfo(_output.Path).Length,
            Sha256 = [],
            CreatedAt = _at,
            ExpiresAt = _at + Kept,
            IsGenerated = true,
        });
    }
}
