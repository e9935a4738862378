using BatchWorker.Lifecycle;
using BatchWorker.Providers.Gemini;
using BatchWorker.Simulator;
using Microsoft.Extensions.DependencyInjection;

namespace BatchWorker.Tests.Providers.Gemini;

/// <summary>Gemini keeps the contract.</summary>
[TestFixture]
internal sealed class GeminiContract : BatchProviderContract
{
    protected override ContractSubject Subject { get; } = new Gemini();

    private sealed record Gemini : ContractSubject
    {
        public override Provider Name => Provider.Gemini;

        public override Lane Lane => GeminiClient.Generate;

        public override string CreatePath => ":batchGenerateContent$";

        /// <summary>The input is there when it is asked for, so it is something else that Gemini does not find.</summary>
        public override string NotFoundAtCreate => "Refused";

        public override string Request(string text) => $$"""{"contents":[{"role":"user","parts":[{"text":"{{text}}"}]}]}""";

        public override void Register(IServiceCollection services, SimulatorHost host, string? key = null) => services.AddGemini(new GeminiOptions
        {
            BaseUrl = host.GeminiBaseUrl.ToString(),
            ApiKey = key ?? new SimulatorOptions().GeminiKey,
            Timeouts = GeminiClient.Quick,
        });
    }
}
