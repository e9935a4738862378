namespace BatchWorker.Costs;

/// <summary>What answers of the past used.</summary>
/// <param name="Answers">How many there were.</param>
/// <param name="InputTokens">Tokens of their requests.</param>
/// <param name="OutputTokens">Tokens of the answers.</param>
/// <param name="RequestBytes">Bytes of their requests; 0 when nobody counted them.</param>
/// <param name="LeastOutput">Tokens of an answer on the day with the shortest ones.</param>
/// <param name="MostOutput">The same on the day with the longest ones.</param>
internal sealed record LaneHistory(long Answers, long InputTokens, long OutputTokens, long RequestBytes, decimal LeastOutput, decimal MostOutput)
{
    /// <summary>Tokens that a byte makes before anything is known: English prose has about 0.23, JSON and other scripts more.</summary>
    private const decimal UsualTokensPerByte = 0.3m;

    /// <summary>Tokens of an answer before anything is known.</summary>
    private const decimal UsualOutput = 500;

    public static LaneHistory None { get; } = new(0, 0, 0, 0, 0, UsualOutput);

    public bool HasInput => RequestBytes > 0 && InputTokens > 0;

    public decimal TokensPerByte => HasInput ? (decimal)InputTokens / RequestBytes : UsualTokensPerByte;

    public decimal ExpectedOutput => Answers > 0 ? (decimal)OutputTokens / Answers : UsualOutput;

    /// <summary>Adds what was answered on one day.</summary>
    public LaneHistory Add(long answers, long inputTokens, long outputTokens, long requestBytes)
    {
        if (answers <= 0)
        {
            return this;
        }
        var average = (decimal)outputTokens / answers;
        return new LaneHistory(
            Answers + answers, InputTokens + inputTokens, OutputTokens + outputTokens, RequestBytes + requestBytes,
            Answers == 0 ? average : Math.Min(LeastOutput, average), Answers == 0 ? average : Math.Max(MostOutput, average));
    }
}
