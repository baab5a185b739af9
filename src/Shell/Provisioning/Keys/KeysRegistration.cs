using Marketplace.Jobs.Provisioning;

namespace Marketplace.Shell.Provisioning.Keys;

internal static class KeysRegistration
{
    public static IServiceCollection AddKeysProvisioner(this IServiceCollection services) =>
        services.AddSingleton<IProvisioner, KeysProvisioner>().AddSingleton<KeyLookups>().AddSingleton<KeyVerification>();
}
