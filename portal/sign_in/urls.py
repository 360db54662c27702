"""The addresses of signing in and of one's own account. Those of allauth that are not wanted are
taken by others before its own come.
"""

from allauth.socialaccount.views import login_cancelled
from django.urls import include, path
from django.views.generic import RedirectView

from portal.sign_in import own_account, pages, second_factor, single_sign_on, time_out

to_own_account = RedirectView.as_view(pattern_name="own_account")
provider = "accounts/oidc/<str:provider_id>/"

urlpatterns = [
    path("account/", own_account.own_account, name="own_account"),
    path("account/sessions/<int:pk>/end/", own_account.end_session, name="end_session"),
    path("account/sessions/end-others/", own_account.end_other_sessions, name="end_other_sessions"),
    path("account/shortcuts/", own_account.switch_shortcuts, name="shortcuts"),
    path("account/second-factor/", second_factor.why, name="second_factor"),
    path("account/time-left/", time_out.left, name=time_out.TIME_LEFT),
    path("account/stay/", time_out.left, name=time_out.STAY),
    path("accounts/email/", pages.no_addresses_to_manage),
    path("accounts/confirm-email/", pages.no_addresses_to_manage),
    path("accounts/confirm-email/<str:key>/", pages.no_addresses_to_manage),
    path("accounts/logout/", pages.sign_out, name="account_logout"),
    path("accounts/2fa/", to_own_account, name="mfa_index"),
    path("accounts/2fa/webauthn/", to_own_account, name="mfa_list_webauthn"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/oidc/cancelled/", login_cancelled, name="socialaccount_login_cancelled"),
    path(f"{provider}login/", single_sign_on.begin, name="openid_connect_login"),
    path(f"{provider}login/callback/", single_sign_on.finish, name="openid_connect_callback"),
    path("accounts/", include("allauth.account.urls")),
]
