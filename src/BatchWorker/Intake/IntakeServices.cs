namespace BatchWorker.Intake;

/// <summary>Registers intake.</summary>
internal static class IntakeServices
{
    public static IServiceCollection AddIntake(this IServiceCollection services, IntakeOptions options) =>
        services.AddSingleton(options).AddSingleton<JobReader>().AddSingleton<IntakeDesk>().AddSingleton<LineIntake>();
}
