using BatchWorker.Lifecycle;
using BatchWorker.Providers.OpenAi;
using BatchWorker.Simulator;
using Microsoft.Extensions.DependencyInjection;

namespace BatchWorker.Tests.Providers.OpenAi;

/// <summary>OpenAI keeps the contract.</summary>
[TestFixture]
internal sealed class OpenAiContract : BatchProviderContract
{
    protected override ContractSubject Subject { get; } = new OpenAi();

    private sealed record OpenAi : ContractSubject
    {
        public override Provider Name => Provider.OpenAi;

        public override Lane Lane => OpenAiClient.Chat;

        public override string CreatePath => "^/batches$";

        public override string Request(string text) => $$"""{"model":"gpt-4o","messages":[{"role":"user","content":"{{text}}"}]}""";

        public override void Register(IServiceCollection services, SimulatorHost host, string? key = null) => services.AddOpenAi(new OpenAiOptions
        {
            BaseUrl = host.OpenAiBaseUrl.ToString(),
            ApiKey = key ?? new SimulatorOptions().OpenAiKey,
            Timeouts = OpenAiClient.Quick,
        });
    }
}
