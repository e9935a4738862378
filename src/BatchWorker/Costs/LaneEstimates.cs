using System.Text.Json;
using BatchWorker.Lifecycle;

namespace BatchWorker.Costs;

/// <summary>
/// Estimates the requests of one lane, one after the other. The first of them are read; the others, which are known by their size alone, are taken
/// to be like those.
/// </summary>
internal sealed class LaneEstimates(Lane lane, LaneHistory history, PriceBook prices)
{
    /// <summary>Requests that are read; beyond them counting would take longer than draining.</summary>
    public const int MostRead = 2_000;

    private long _read;
    private long _bytes;
    private decimal _input;
    private Spread _output;

    /// <summary>Whether the next request has to be read.</summary>
    public bool WantsRequest => _read < MostRead;

    /// <param name="size">Bytes of the request.</param>
    /// <param name="request">The request; null when it was not read.</param>
    public RequestEstimate Estimate(int size, ReadOnlyMemory<byte>? request)
    {
        var read = request is { } data ? Read(data) : null;
        var (input, isExact, output) = read ?? Like(size);
        if (read is not null)
        {
            _read++;
            _bytes += size;
            _input += input;
            _output += output;
        }
        return new RequestEstimate(input, isExact, output, PriceOf(input, output));
    }

    /// <summary>Null for a request that can not be read, as an earlier version took some: half a surrogate pair is no text.</summary>
    private (decimal Input, bool IsExact, Spread Output)? Read(ReadOnlyMemory<byte> data)
    {
        try
        {
            using var document = JsonDocument.Parse(data);
            var counted = lane.Provider == Provider.OpenAi ? OpenAiInput.Of(lane.Endpoint, lane.Model, document.RootElement) : null;
            var input = counted?.Tokens ?? decimal.Ceiling(data.Length * history.TokensPerByte);
            return (input, counted is { IsExact: true }, OutputOf(StatedOutput.Of(lane.Provider, document.RootElement)));
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private (decimal Input, bool IsExact, Spread Output) Like(int size) => _read == 0
        ? (decimal.Ceiling(size * history.TokensPerByte), false, OutputOf(null))
        : (decimal.Ceiling(_bytes == 0 ? 0 : size * _input / _bytes), false, new Spread(_output.Low / _read, _output.Expected / _read, _output.High / _read));

    /// <summary>As in the past, and never more than the request allows.</summary>
    private Spread OutputOf(long? most)
    {
        if (!StatedOutput.IsExpected(lane.Endpoint))
        {
            return default;
        }
        var bound = most ?? decimal.MaxValue;
        var expected = Math.Min(history.ExpectedOutput, bound);
        return new Spread(Math.Min(history.LeastOutput, expected), expected, most ?? Math.Max(history.MostOutput, expected));
    }

    private Spread? PriceOf(decimal input, Spread output) =>
        PriceOf(input, output.Low) is { } low && PriceOf(input, output.Expected) is { } expected && PriceOf(input, output.High) is { } high ? new Spread(low, expected, high) : null;

    private decimal? PriceOf(decimal input, decimal output) => prices.CostOf(lane.Provider, lane.Model, new Usage(Whole(input), Whole(output), 0))?.Batch;

    private static uint Whole(decimal tokens) => (uint)Math.Min(decimal.Ceiling(tokens), uint.MaxValue);
}
