using CityPerception.Observability;
using Microsoft.Extensions.Options;

namespace CityPerception.Scoring;

/// <summary>Registration of the scorer that may be asked in place of the lexicon.</summary>
internal static class ScorerServices
{
    public static IServiceCollection AddScorer(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<ScorerOptions>, ScorerOptionsValidator>();
        services.AddSingleton<IValidateOptions<ScorerOptions>, ScorerRules>();
        services.AddOptions<ScorerOptions>().BindConfiguration(ScorerOptions.Section).ValidateOnStart();
        services.AddSingleton<ScorerMetrics>();
        services.AddSingleton<ExternalScorer>();
        services.AddReadiness("scorer", static provider => provider.GetRequiredService<ExternalScorer>().Check());
        return services;
    }
}
