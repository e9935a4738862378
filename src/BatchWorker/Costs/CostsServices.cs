namespace BatchWorker.Costs;

/// <summary>Registers the costs room.</summary>
internal static class CostsServices
{
    public static IServiceCollection AddCosts(this IServiceCollection services, Prices? prices = null) => services.AddSingleton(prices ?? new Prices());
}
