namespace BatchWorker.Results;

/// <summary>Registers the results room.</summary>
internal static class ResultsServices
{
    public static IServiceCollection AddResults(this IServiceCollection services, ResultsOptions options) =>
        services.AddSingleton(options).AddSingleton<AnswerPrices>().AddSingleton<SettlerTools>().AddSingleton<RetrievalSources>().AddSingleton<LateAnswers>().AddSingleton<Retriever>().AddSingleton<ResultsWorker>()
            .AddSingleton<Repricer>().AddSingleton<Retentions>().AddSingleton<RetentionWorker>().AddSingleton<ProviderFileWorker>();
}
